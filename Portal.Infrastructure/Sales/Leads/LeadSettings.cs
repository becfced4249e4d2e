using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>Keeps the rules of leads, their streams and the places whose leads are somebody's. All methods need <see cref="Permissions.SalesSettings"/>.</summary>
public sealed class LeadSettings(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Places at most.</summary>
    public const int MostTerritories = 500;

    private const string Key = "leads";

    /// <summary>The rules in force.</summary>
    internal static async Task<LeadRules> RulesAsync(PortalDb db, CancellationToken ct) => await db.ReadSettingAsync<LeadRules>(Key, ct) ?? new();

    /// <summary>The rules in force and their version (0 where nobody has set them yet).</summary>
    internal static async Task<(LeadRules Rules, uint Version)> SeeRulesAsync(PortalDb db, CancellationToken ct) =>
        await db.SeeSettingAsync<LeadRules>(Key, ct) is var (rules, version) ? (rules ?? new(), version) : default;

    /// <summary>Puts other rules in force over those that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>number.out-of-range</c>, <c>leads.hours</c>, <c>identity.team-unknown</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeRulesAsync(LeadRules rules, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        rules = rules.Checked();
        await RequireTeamAsync(db, rules.Team, ct);
        await db.ChangeSettingAsync(Key, rules, seen, time.GetUtcNow(), ct);
    }

    /// <summary>Adds a stream.</summary>
    /// <param name="key">what forms and files call it; null takes the name</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>sales.key-taken</c></exception>
    public async Task<LeadStreamId> AddStreamAsync(string name, string? key, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        return (await SalesSettings.AddTermAsync(db, name, key, (key, position) => new LeadStream(LeadStreamId.New(), key, name, position), ct)).Id;
    }

    /// <summary>Renames a stream, and takes it out of what is offered or puts it back. One stays.</summary>
    /// <param name="name">null leaves it as it is called</param>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.stream-unknown</c>, <c>leads.last-stream</c>, <c>text.required</c></exception>
    public async Task ChangeStreamAsync(LeadStreamId id, string? name, bool archived, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var stream = await db.Set<LeadStream>().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("leads.stream-unknown");
        if (archived && !await db.Set<LeadStream>().AnyAsync(s => s.Id != id && !s.Archived, ct)) throw new RuleBrokenException("leads.last-stream");
        await SalesSettings.ChangeTermAsync(db, stream, new(ObjectKind.LeadStream, id.Value), name, archived, seen, ct);
    }

    /// <summary>Adds a place, after all others; or changes one.</summary>
    /// <param name="id">null for a new one</param>
    /// <param name="words">regions and towns between commas</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>leads.territory-whose</c>, <c>leads.territory-unknown</c>, <c>leads.too-many-territories</c>, <c>work.person-unknown</c>, <c>work.heir-without-leads</c>, <c>identity.team-unknown</c></exception>
    public async Task<LeadTerritoryId> SaveTerritoryAsync(LeadTerritoryId? id, string words, Guid? manager, TeamId? team, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await LeadDesk.RequireHeirAsync(db, manager, ct);
        await RequireTeamAsync(db, team, ct);
        if (id is { } known)
        {
            var territory = await TakeAsync(db, known, seen, ct);
            territory.Describe(words, manager, team);
            await db.SaveOrExplainAsync(new(ObjectKind.LeadTerritory, known.Value), ct);
            return known;
        }
        var positions = await db.Set<LeadTerritory>().Select(t => t.Position).ToListAsync(ct);
        if (positions.Count >= MostTerritories) throw new RuleBrokenException("leads.too-many-territories", MostTerritories);
        var added = new LeadTerritory(LeadTerritoryId.New(), words, manager, team, 1 + positions.DefaultIfEmpty().Max());
        db.Add(added);
        await db.SaveChangesAsync(ct);
        return added.Id;
    }

    /// <summary>Takes a place away.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.territory-unknown</c></exception>
    public async Task RemoveTerritoryAsync(LeadTerritoryId id, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        db.Remove(await TakeAsync(db, id, seen, ct));
        await db.SaveOrExplainAsync(new(ObjectKind.LeadTerritory, id.Value), ct);
    }

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.SalesSettings);
        return contexts.CreateFor(actor);
    }

    private static async Task<LeadTerritory> TakeAsync(PortalDb db, LeadTerritoryId id, uint seen, CancellationToken ct)
    {
        var territory = await db.Set<LeadTerritory>().FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw new RuleBrokenException("leads.territory-unknown");
        db.ExpectVersion(territory, seen);
        return territory;
    }

    private static async Task RequireTeamAsync(PortalDb db, TeamId? team, CancellationToken ct)
    {
        if (team is { } id && !await db.Set<Team>().AnyAsync(t => t.Id == id, ct)) throw new RuleBrokenException("identity.team-unknown");
    }
}
