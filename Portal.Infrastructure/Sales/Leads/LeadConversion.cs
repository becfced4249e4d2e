using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>What a lead is to become.</summary>
/// <param name="Partner">a client of the base; null where <paramref name="New"/> is taken in</param>
/// <param name="New">a new client, with its contact</param>
/// <param name="Knowingly">the user has seen who is alike and says that it is another</param>
/// <param name="Person">a contact of the client of the base</param>
/// <param name="NewPerson">a new contact of the client of the base</param>
/// <param name="Title">null is the subject of the lead</param>
/// <param name="Pipeline">null takes the first one</param>
public sealed record ConversionOrder(
    PartnerId? Partner, NewPartner? New = null, bool Knowingly = false, PersonId? Person = null, ContactDetails? NewPerson = null, string? Title = null, PipelineId? Pipeline = null,
    decimal Amount = 0, string? Currency = null, decimal? Rate = null, DateOnly? ExpectedClose = null, string? NextStep = null, DateOnly? NextStepOn = null);

/// <summary>What a lead became.</summary>
/// <param name="Before">it had been converted already: this is what came of it then</param>
public sealed record LeadConverted(PartnerId Partner, PersonId? Person, DealId Deal, bool Before);

/// <summary>A contact of a client, who may be who appealed.</summary>
/// <param name="IsSame">his phone or mail is that of the lead</param>
public sealed record ConversionPerson(PersonId Id, string Name, string Role, bool IsSame);

/// <summary>What a conversion begins with: nothing of it is typed again.</summary>
/// <param name="Client">the client, where it is known</param>
/// <param name="Alike">who of the base may be the same, best first</param>
/// <param name="New">what a new client would be taken in with</param>
/// <param name="Contact">what a new contact would be</param>
/// <param name="Amount">the budget he told, in the company's currency; null where he told none as a number</param>
public sealed record LeadProposal(PartnerId? Client, string? ClientName, IReadOnlyList<LikelyDuplicate> Alike, NewPartner New, ContactDetails? Contact, string Title, decimal? Amount);

/// <summary>Makes a client and a deal of a lead, in one transaction and once. Needs the rights to manage leads and deals, and clients where one is taken in or gets a contact.</summary>
public sealed class LeadConversion(IDbContextFactory<PortalDb> contexts, DealDesk deals, PartnerIntake partners, DuplicateQuery duplicates, TimeProvider time)
{
    /// <summary>Contacts that one answer names.</summary>
    public const int MostPeople = 200;

    /// <summary>What the dialog begins with.</summary>
    /// <param name="role">what a contact of the new client is called, in the reader's language</param>
    /// <exception cref="RuleBrokenException"><c>leads.unknown</c></exception>
    public async Task<LeadProposal> ProposeAsync(LeadId id, string role, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var lead = await LeadChange.TakeAsync(db, id, actor, ct);
        var client = await db.Set<Partner>().Within(actor).Where(p => p.Id == lead.Partner && p.MergedInto == null).Select(p => new { p.Id, p.Name }).FirstOrDefaultAsync(ct);
        var alike = client is null && actor.Can(Permissions.ClientsRead) ? await duplicates.FindAsync(LeadIntake.Recognised(lead.Contact), null, actor, ct) : [];
        var contact = lead.Name is { } name ? new ContactDetails(name, role, lead.Phone, lead.Mail) : null;
        // of a company its own numbers are not known, only those of who appealed
        var head = new PartnerDetails(lead.Company ?? lead.Name ?? lead.Subject, PartnerKinds.Client, Phone: contact is null ? lead.Phone : null, Email: contact is null ? lead.Mail : null, Responsible: lead.Manager ?? actor.UserId, Branch: lead.Branch);
        var budgets = await db.Set<NeedAnswer>().Where(a => a.Lead == id).Join(db.Set<NeedQuestion>().Where(q => q.Budget && q.Kind == NeedKind.Number), a => a.Question, q => q.Id, (a, q) => new { q.Position, a.Value }).OrderBy(b => b.Position).Select(b => b.Value).ToListAsync(ct);
        var amount = budgets.Select(told => decimal.TryParse(told, NumberStyles.Number, CultureInfo.InvariantCulture, out var sum) && sum is > 0 and <= DealMoney.Most ? sum : (decimal?)null).FirstOrDefault(sum => sum is not null);
        return new(client?.Id, client?.Name, alike, new(head, Contact: contact), contact, lead.Subject, amount);
    }

    /// <summary>Contacts of a client of the base; who appealed stands first.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.unknown</c>, <c>clients.partner-unknown</c></exception>
    public async Task<IReadOnlyList<ConversionPerson>> PeopleAsync(LeadId id, PartnerId partner, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var lead = await LeadChange.TakeAsync(db, id, actor, ct);
        var hidden = actor.HiddenOf((await PartnerRegistry.TakeAsync(db, partner, actor, ct)).Responsible);
        var people = await db.Set<ContactRole>().Where(r => r.Partner == partner && !r.Ended).Join(db.Set<Person>(), r => r.Person, p => p.Id, (r, p) => new { r.Role, Person = p })
            .OrderBy(x => x.Person.Name).ThenBy(x => x.Person.Id).Take(MostPeople).ToListAsync(ct);
        return [.. people.DistinctBy(x => x.Person.Id).Select(x => new ConversionPerson(x.Person.Id, x.Person.Name, x.Role, IsSame(x.Person))).OrderByDescending(p => p.IsSame)];

        // what is hidden of the client is not found out by it
        bool IsSame(Person person) => new LeadContact(Phone: hidden.Has(ConfidentialFields.Phones) ? null : person.Phone, Mail: hidden.Has(ConfidentialFields.Mails) ? null : person.Email) is var his && (his.PhoneKey is { } phone && phone == lead.PhoneKey || his.MailKey is { } mail && mail == lead.MailKey);
    }

    /// <summary>Converts a lead; a second time it answers with what came of the first.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c>, <c>leads.doubted</c>, <c>leads.client-required</c>, <c>clients.partner-unknown</c>, <c>clients.person-unknown</c>,
    /// <c>clients.likely-duplicate</c>, <c>clients.doubtful-duplicate</c>, as <see cref="DealDesk.AddAsync"/> and <see cref="PartnerIntake.TakeAsync"/>
    /// </exception>
    public async Task<LeadConverted> ConvertAsync(LeadId id, ConversionOrder order, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsManage);
        actor.Require(Permissions.DealsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select 1 from sales.lead where id = {id.Value} for update", ct);
        var lead = await LeadChange.TakeAsync(db, id, actor, ct);
        if (lead.State == LeadState.Converted) return new(lead.Partner!.Value, lead.Person, lead.Deal!.Value, true);
        await db.RequireSeenAsync(new(ObjectKind.Lead, id.Value), lead.Version, seen, ct);
        var now = time.GetUtcNow();
        var (partner, person) = await ClientAsync(db, order, actor, ct);
        // the deal asks the database for its client
        await db.SaveChangesAsync(ct);
        var deal = await deals.TakeInAsync(db, new(
            new(order.Title ?? lead.Subject, partner, person, order.Amount, order.Currency, order.Rate, lead.Manager ?? actor.UserId, lead.Branch, lead.Source, order.ExpectedClose),
            order.Pipeline, NextStep: order.NextStep, NextStepOn: order.NextStepOn, Lead: id.Value), actor, ct);
        db.Add(new Comment(new(ObjectKind.Deal, deal.Id.Value), await NeedsAsync(db, lead, ct), now, actor));
        lead.Convert(partner, person, deal.Id, now);
        db.Add(new LeadEvent(id, LeadEventKind.Converted, deal.Title, now, actor));
        await db.SaveOrExplainAsync(new(ObjectKind.Lead, id.Value), ct);
        await transaction.CommitAsync(ct);
        return new(partner, person, deal.Id, false);
    }

    private async Task<(PartnerId Partner, PersonId? Person)> ClientAsync(PortalDb db, ConversionOrder order, Actor actor, CancellationToken ct)
    {
        if (order.Partner is { } known)
        {
            await PartnerRegistry.TakeAsync(db, known, actor, ct);
            if (order.NewPerson is not { } contact) return (known, order.Person);
            actor.Require(Permissions.ClientsManage);
            return (known, (await PartnerIntake.ContactAsync(db, known, null, contact, actor, ct)).Id);
        }
        if (order.New is not { } client) throw new RuleBrokenException("leads.client-required");
        await partners.RequireTakableAsync(db, client, order.Knowingly, actor, ct);
        var (partner, person) = await partners.TakeInAsync(db, client, actor, ct);
        return (partner.Id, person?.Id);
    }

    // what was asked and answered goes with the deal, in the words of who said it
    private static async Task<string> NeedsAsync(PortalDb db, Lead lead, CancellationToken ct)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"#{lead.Number} · {lead.Subject}");
        if (lead.Text is { } said) text.Append("\n\n").Append(said);
        var answered = (await LeadNeeds.OfAsync(db, lead.Id, lead.Group, ct)).Where(n => n.Answer is not null).ToList();
        if (answered.Count > 0) text.Append('\n');
        foreach (var need in answered) text.Append('\n').Append(need.Text).Append(" – ").Append(need switch { { Kind: NeedKind.YesNo, Answer: "yes" } => "✓", { Kind: NeedKind.YesNo } => "✗", _ => need.Answer });
        return text.Length <= Comment.MostCharacters ? text.ToString() : text.ToString(0, Comment.MostCharacters - 1) + "…";
    }
}
