using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>An open lead of whoever is being entered. Of one beyond the asker's reach only who works on it is told.</summary>
/// <param name="Id">null beyond reach</param>
public sealed record AlikeLead(LeadId? Id, long? Number, string? Subject, string? Name, string? Manager, DateTimeOffset CreatedAt);

/// <summary>Whom the base knows of who is being entered: an appeal of theirs joins the first of these leads.</summary>
public sealed record LeadsMet(IReadOnlyList<AlikeLead> Leads, IReadOnlyList<LikelyDuplicate> Clients);

/// <summary>The list of leads within the actor's reach, filtered, sorted and paged in SQL.</summary>
public sealed class LeadListQuery(IDbContextFactory<PortalDb> contexts, DuplicateQuery clients, TimeProvider time)
{
    /// <summary>Leads that one answer to <see cref="AlikeAsync"/> holds.</summary>
    public const int MostAlike = 5;

    /// <summary>A page.</summary>
    public async Task<PageOf<LeadRow>> ListAsync(LeadFilter filter, LeadSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (rules, now) = (await LeadSettings.RulesAsync(db, ct), time.GetUtcNow());
        var leads = db.Matching(filter, rules, await db.CompanyZoneAsync(ct), now, actor);
        return new(await LeadRows.ReadAsync(db, Sorted(leads, sort, descending).Skip(slice.From).Take(slice.Count), rules, now, actor, ct), await leads.CountAsync(ct));
    }

    /// <summary>How many leads there are.</summary>
    public async Task<int> CountAsync(LeadFilter filter, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Matching(filter, await LeadSettings.RulesAsync(db, ct), await db.CompanyZoneAsync(ct), time.GetUtcNow(), actor).CountAsync(ct);
    }

    /// <summary>Who has this phone or mail, while it is being typed: open leads and, for who may read them, clients.</summary>
    public async Task<LeadsMet> AlikeAsync(LeadContact typed, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (phone, mail) = (typed.PhoneKey, typed.MailKey);
        var reached = db.Set<Lead>().Within(actor);
        var leads = (phone ?? mail) is null || !actor.Can(Domain.Identity.Permissions.LeadsRead) ? [] : await db.OpenOf(phone, mail).Take(MostAlike)
            .Select(l => new { l.Id, l.Number, l.Subject, l.Name, l.CreatedAt, Reached = reached.Any(r => r.Id == l.Id), Manager = db.Set<PortalUser>().Where(u => u.Id == l.Manager).Select(u => u.DisplayName).FirstOrDefault() }).ToListAsync(ct);
        var known = actor.Can(Domain.Identity.Permissions.ClientsRead) ? await clients.FindAsync(LeadIntake.Recognised(typed), null, actor, ct) : [];
        return new([.. leads.Select(l => l.Reached ? new AlikeLead(l.Id, l.Number, l.Subject, l.Name, l.Manager, l.CreatedAt) : new AlikeLead(null, null, null, null, l.Manager, l.CreatedAt))], known);
    }

    private static IQueryable<Lead> Sorted(IQueryable<Lead> leads, LeadSort sort, bool descending)
    {
        Expression<Func<Lead, object?>> key = sort switch
        {
            LeadSort.Subject => l => l.Subject.ToLower(),
            LeadSort.NextStep => l => l.NextStepAt,
            LeadSort.LastContact => l => l.LastContactAt,
            _ => l => l.CreatedAt,
        };
        return descending ? leads.OrderByDescending(key).ThenByDescending(l => l.Number) : leads.OrderBy(key).ThenBy(l => l.Number);
    }
}
