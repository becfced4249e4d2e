using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>Something that happened to a lead.</summary>
/// <param name="Words">the appeal, what was said, the reason; a place where <paramref name="Route"/> says so</param>
/// <param name="Heir">whom it was given to; null for nobody</param>
/// <param name="ByName">empty where no person did it</param>
/// <param name="Contact">what who asked again said of himself and the lead does not have</param>
public sealed record LeadEventRow(Guid Id, LeadEventKind Kind, string? Words, string? Contact, LeadChannel? Channel, InteractionKind? Talk, string? Heir, LeadRoute? Route, LeadInterest? Interest, DateTimeOffset At, string ByName);

/// <summary>What the card of a lead shows.</summary>
/// <param name="Text">the first appeal, as it came</param>
/// <param name="PersonName">the contact at the client, where both are known</param>
/// <param name="Form">the form through which it came</param>
/// <param name="DealTitle">the deal it became, where the reader sees it</param>
/// <param name="Events">the newest first</param>
/// <param name="Others">other leads of the same phone, mail or client</param>
/// <param name="MayChange">the reader may lead it on</param>
/// <param name="MayArchive">the reader may take it out of the lists, and bring it back</param>
/// <param name="MayDistribute">the reader may give it to others</param>
public sealed record LeadCard(
    LeadRow Lead, string? Text, PersonId? Person, string? PersonName, BranchId? Branch, string? BranchName, string? GroupName, string? Form, string? RejectionNote, string? DealTitle,
    IReadOnlyList<LeadNeed> Needs, IReadOnlyList<LeadEventRow> Events, IReadOnlyList<LeadRow> Others, bool MayChange, bool MayArchive, bool MayDistribute);

/// <summary>Reads one lead within the actor's reach.</summary>
public sealed class LeadCardQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Events a card shows at most; the newest.</summary>
    public const int MostEvents = 300;

    /// <summary>Other leads a card shows at most.</summary>
    public const int MostOthers = 8;

    /// <summary>True when the lead is there and within reach.</summary>
    public async Task<bool> MaySeeAsync(LeadId id, Actor actor, CancellationToken ct)
    {
        if (actor.PartnerId is not null) return false;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Lead>().Within(actor).AnyAsync(l => l.Id == id, ct);
    }

    /// <summary>The lead, or null when there is none within reach.</summary>
    public async Task<LeadCard?> FindAsync(LeadId id, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (rules, now) = (await LeadSettings.RulesAsync(db, ct), time.GetUtcNow());
        var leads = db.Set<Lead>().AsNoTracking().Within(actor).Where(l => l.Id == id);
        if ((await LeadRows.ReadAsync(db, leads, rules, now, actor, ct)).FirstOrDefault() is not { } row) return null;
        var (clients, reached) = (db.Set<Partner>().Within(actor), db.Set<Deal>().Within(actor));
        var head = await leads.Select(l => new
        {
            l.Text, l.Person, l.Branch, l.RejectionNote, l.PhoneKey, l.MailKey,
            PersonName = db.Set<Person>().Where(p => p.Id == l.Person && clients.Any(c => c.Id == l.Partner)).Select(p => p.Name).FirstOrDefault(),
            BranchName = db.Set<Branch>().Where(b => b.Id == l.Branch).Select(b => b.Name).FirstOrDefault(),
            GroupName = db.Set<Domain.Pricing.ProductGroup>().Where(g => (Guid)(object)g.Id == l.Group).Select(g => g.Name).FirstOrDefault(),
            Form = db.Set<LeadForm>().Where(f => f.Id == l.Form).Select(f => f.Name).FirstOrDefault(),
            Deal = reached.Where(d => d.Id == l.Deal).Select(d => d.Title).FirstOrDefault(),
        }).FirstAsync(ct);
        var events = await db.Set<LeadEvent>().Where(e => e.Lead == id).OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(MostEvents)
            .Select(e => new LeadEventRow(e.Id, e.Kind, e.Words, e.Contact, e.Channel, e.Talk, db.Set<PortalUser>().Where(u => u.Id == e.Heir).Select(u => u.DisplayName).FirstOrDefault(), e.Route, e.Interest, e.At, e.ByUser == Guid.Empty ? "" : e.ByName)).ToListAsync(ct);
        var (phone, mail, partner) = (head.PhoneKey, head.MailKey, row.PartnerId);
        var others = await LeadRows.ReadAsync(db, db.Set<Lead>().AsNoTracking().Within(actor)
            .Where(l => l.Id != id && !l.Archived && (phone != null && l.PhoneKey == phone || mail != null && l.MailKey == mail || partner != null && l.Partner == partner)).OrderByDescending(l => l.CreatedAt).ThenBy(l => l.Id).Take(MostOthers), rules, now, actor, ct);
        var manages = actor.Can(Permissions.LeadsManage);
        var changes = manages && !row.Archived;
        return new(row, head.Text, head.Person, head.PersonName, head.Branch, head.BranchName, head.GroupName, head.Form, head.RejectionNote, head.Deal,
            await LeadNeeds.OfAsync(db, id, row.Group, ct), events, others, changes, manages, changes && actor.Can(Permissions.LeadsDistribute));
    }
}
