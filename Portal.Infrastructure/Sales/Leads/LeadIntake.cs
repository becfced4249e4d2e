using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>
/// Takes appeals in, by whichever way they come: recognises who asks again, recognises the client, finds who works on it and sets the first step. An actor with
/// the key of a command takes in what it brings once.
/// </summary>
public sealed class LeadIntake(IDbContextFactory<PortalDb> contexts, DuplicateQuery clients, TimeProvider time)
{
    /// <summary>Takes an appeal in. Needs <see cref="Permissions.LeadsManage"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>text.required</c>, <c>text.too-long</c>, <c>leads.contact-required</c>, <c>leads.stream-unknown</c>, <c>leads.group-unknown</c>, <c>sales.source-unknown</c>, <c>identity.branch-unknown</c>, <c>clients.partner-unknown</c>, <c>clients.person-unknown</c>, those of phones and mail addresses</exception>
    public async Task<LeadTaken> TakeAsync(LeadOrder order, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsManage);
        await using var db = contexts.CreateFor(actor);
        var known = await RecogniseAsync(order, actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var (lead, joined) = await TakeInAsync(db, order, known, actor, ct);
        db.CommandResult = lead.Id.Value.ToString();
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        var name = await db.Set<PortalUser>().Where(u => u.Id == lead.Manager).Select(u => u.DisplayName).FirstOrDefaultAsync(ct);
        return new(lead.Id, lead.Number, joined, lead.Manager, name, lead.Route);
    }

    /// <summary>The client that an appeal comes from, where his phone or mail says so and only one has it.</summary>
    internal async Task<PartnerId?> RecogniseAsync(LeadOrder order, Actor actor, CancellationToken ct)
    {
        if (order.Partner is not null || order.Contact is { Phone: null, Mail: null } || order.Through is { Suspicion: not null }) return order.Partner;
        // what is hidden from who enters it is not found by it; whoever the client's is, is asked of the whole base
        var eyes = actor.IsSystem ? actor : actor with { Scope = ActorScope.All, Permissions = [.. actor.Permissions, Permissions.ClientsRead] };
        var found = await clients.FindAsync(Recognised(order.Contact), null, eyes, ct);
        return found.Where(f => f is { SharesNumber: true, Archived: false, Id: not null }).Select(f => f.Id).Distinct().ToList() is [var only] ? only : null;
    }

    /// <summary>Adds an appeal to what is being saved, in a transaction that is open.</summary>
    internal async Task<(Lead Lead, bool Joined)> TakeInAsync(PortalDb db, LeadOrder order, PartnerId? partner, Actor actor, CancellationToken ct)
    {
        var (contact, appeal, now) = (order.Contact.Checked(), order.Appeal.Checked(), time.GetUtcNow());
        await RequireKnownAsync(db, order, actor, ct);
        if (!order.Apart && order.Through is not { Suspicion: not null } && await FindOpenAsync(db, contact, ct) is { } open)
        {
            open.AskAgain(appeal, contact, order.Channel, now);
            db.Add(LeadEvent.Came(open.Id, LeadEventKind.AskedAgain, appeal, order.Channel, now, actor, contact.Beyond(open.Contact)));
            return (open, true);
        }
        var rules = await LeadSettings.RulesAsync(db, ct);
        var stream = order.Stream ?? await db.Set<LeadStream>().Where(s => !s.Archived).OrderBy(s => s.Position).ThenBy(s => s.Id).Select(s => (LeadStreamId?)s.Id).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("leads.stream-unknown");
        var number = await db.Database.SqlQuery<long>($"select nextval('sales.lead_number') as \"Value\"").SingleAsync(ct);
        var lead = new Lead(LeadId.New(), number, appeal, contact, order.Channel, stream, order.Source, order.NextStep ?? LeadSteps.GetInTouch, order.NextStepAt ?? await LeadChange.AnswerByAsync(db, rules, order.Branch, now, ct), now);
        lead.Describe(lead.Subject, contact, stream, order.Source, order.Group);
        lead.Concern(partner, order.Person);
        if (order.Interest != LeadInterest.Unknown) lead.Rate(order.Interest);
        if (order.Through is var (form, suspicion)) lead.ComeBy(form, suspicion);
        lead.GiveTo(null, order.Branch, LeadRoute.Nobody, now);
        db.Add(lead);
        db.Add(LeadEvent.Came(lead.Id, LeadEventKind.Came, appeal, order.Channel, now, actor));
        if (order.Mine)
        {
            lead.GiveTo(actor.UserId, order.Branch, LeadRoute.Hand, now);
            db.Add(LeadEvent.Given(lead.Id, actor.UserId, LeadRoute.Hand, null, now, actor));
        }
        // what is doubted goes to nobody before a person has looked at it
        else if (lead.Suspicion is null) await LeadAllotment.GiveAsync(db, lead, order.Chosen, rules, now, actor, ct);
        return (lead, false);
    }

    /// <summary>By what the base recognises who appeals.</summary>
    internal static PartyDetails Recognised(LeadContact contact) => new()
    {
        Name = contact.Company ?? contact.Name ?? "", Contacts = contact.Name is { } name ? [name] : [],
        Phones = contact.Phone is { } phone ? [PhoneNumber.Of(phone, null)] : [], Mails = contact.Mail is { } mail ? [MailAddress.Of(mail)] : [],
    };

    private static async Task<Lead?> FindOpenAsync(PortalDb db, LeadContact contact, CancellationToken ct)
    {
        var (phone, mail) = (contact.PhoneKey, contact.MailKey);
        if ((phone ?? mail) is null) return null;
        // of two appeals of one person at once the second finds the first; in one order, so that nobody waits in a circle
        foreach (var key in new[] { phone, mail }.OfType<string>().Order(StringComparer.Ordinal)) await db.TakeTurnAsync($"sales.lead {key}", ct);
        return await db.OpenOf(phone, mail).FirstOrDefaultAsync(ct);
    }

    private static async Task RequireKnownAsync(PortalDb db, LeadOrder order, Actor actor, CancellationToken ct)
    {
        if (order.Stream is { } stream && !await db.Set<LeadStream>().AnyAsync(s => s.Id == stream, ct)) throw new RuleBrokenException("leads.stream-unknown");
        if (order.Source is { } source && !await db.Set<LeadSource>().AnyAsync(s => s.Id == source, ct)) throw new RuleBrokenException("sales.source-unknown");
        await RequireGroupAsync(db, order.Group, ct);
        if (order.Branch is { } branch) await BranchRegistry.RequireOpenAsync(db, branch, ct);
        if (order.Partner is { } partner) await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        if (order.Person is { } person && !await db.Set<ContactRole>().AnyAsync(r => r.Partner == order.Partner && r.Person == person, ct)) throw new RuleBrokenException("clients.person-unknown");
    }

    internal static async Task RequireGroupAsync(PortalDb db, Guid? group, CancellationToken ct)
    {
        if (group is { } id && !await db.Set<ProductGroup>().AnyAsync(g => g.Id == new ProductGroupId(id), ct)) throw new RuleBrokenException("leads.group-unknown");
    }
}

/// <summary>Steps that the product names itself; people read them in their language.</summary>
public static class LeadSteps
{
    /// <summary>The first step of what nobody has looked at; a page shows the text <c>lead.step.get-in-touch</c> for it.</summary>
    public const string GetInTouch = "get-in-touch";
}
