using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Completeness;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Completeness;

/// <summary>A rule of completeness. <paramref name="Id"/> is null for the usual weights, which nobody changed yet.</summary>
public sealed record RuleRow(CompletenessRuleId? Id, SegmentId? Segment, string? Name, IReadOnlyDictionary<string, int> Weights, uint Version)
{
    /// <summary>What a client that has everything reaches.</summary>
    public int Whole => Weights.Values.Sum();
}

/// <summary>How many clients have a field filled.</summary>
public sealed record FieldShare(string Field, int Weight, int Filled, int Clients);

/// <summary>How full the clients of a user of ours are; of nobody where <paramref name="User"/> is null.</summary>
/// <param name="Share">0 to 1</param>
/// <param name="Whole">clients in whom nothing is missing</param>
public sealed record ManagerShare(Guid? User, string? Name, int Clients, int Whole, double Share);

/// <summary>Completeness of all clients that a rule measures.</summary>
/// <param name="Share">0 to 1, the mean of all clients</param>
public sealed record CompletenessReport(RuleRow Rule, int Clients, double Share, IReadOnlyList<FieldShare> Fields, IReadOnlyList<ManagerShare> Managers);

/// <summary>How full one client is.</summary>
/// <param name="Share">0 to 1</param>
/// <param name="Missing">fields that are missing, the heaviest first</param>
public sealed record ClientShare(PartnerId Id, string Name, string? Responsible, double Share, IReadOnlyList<string> Missing);

/// <summary>Says how completely clients are described, within the reader's reach.</summary>
public sealed class CompletenessQuery(IDbContextFactory<PortalDb> contexts, SegmentQuery segments, TimeProvider time)
{
    /// <summary>Codes of the fields that can count.</summary>
    public static IReadOnlyList<string> Fields { get; } = [.. CompletenessSql.Fields];

    /// <summary>Rules, that for all clients first.</summary>
    public async Task<IReadOnlyList<RuleRow>> RulesAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await RulesAsync(db, ct);
    }

    /// <summary>Shares by field and by manager, in one pass over the clients that the rule measures.</summary>
    /// <param name="segment">whose rule; null for that of all clients</param>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c></exception>
    public async Task<CompletenessReport> ReadAsync(SegmentId? segment, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (rule, zone) = (await RuleAsync(db, segment, ct), await db.CompanyZoneAsync(ct));
        var fields = rule.Weights.Keys.ToList();
        var mask = CompletenessSql.Mask(db, fields, time.GetUtcNow(), zone);
        var groups = await (await MeasuredAsync(db, segment, null, actor, ct)).Select(With(mask))
            .GroupBy(x => new { x.Responsible, x.Figure }).Select(g => new { g.Key.Responsible, Mask = g.Key.Figure, Count = g.Count() }).ToListAsync(ct);
        var users = groups.Select(g => g.Responsible).OfType<Guid>().Distinct().ToList();
        var names = await db.Set<PortalUser>().Where(u => users.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, ct);
        var clients = groups.Sum(g => g.Count);
        int Weight(int filled) => fields.Select((field, i) => (filled >> i & 1) * rule.Weights[field]).Sum();
        double Share(IEnumerable<(int Mask, int Count)> of) => of.Sum(g => (double)Weight(g.Mask) * g.Count) / Math.Max(1, of.Sum(g => g.Count)) / rule.Whole;
        return new(rule, clients, Share(groups.Select(g => (g.Mask, g.Count))),
            [.. fields.Select((field, i) => new FieldShare(field, rule.Weights[field], groups.Where(g => (g.Mask >> i & 1) == 1).Sum(g => g.Count), clients)).OrderBy(f => (double)f.Filled / Math.Max(1, clients)).ThenBy(f => f.Field)],
            [.. groups.GroupBy(g => g.Responsible).Select(of => new ManagerShare(of.Key, of.Key is { } user ? names.GetValueOrDefault(user) : null, of.Sum(g => g.Count),
                of.Where(g => g.Mask == (1 << fields.Count) - 1).Sum(g => g.Count), Share(of.Select(g => (g.Mask, g.Count))))).OrderBy(m => m.Share).ThenBy(m => m.Name)]);
    }

    /// <summary>Clients that the rule measures, the least complete first.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c></exception>
    public async Task<PageOf<ClientShare>> ClientsAsync(SegmentId? segment, Guid? responsible, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (rule, zone) = (await RuleAsync(db, segment, ct), await db.CompanyZoneAsync(ct));
        var measured = await MeasuredAsync(db, segment, responsible, actor, ct);
        var ids = await measured.OrderBy(CompletenessSql.Weight(db, rule.Weights, time.GetUtcNow(), zone)).ThenBy(p => p.Name.ToLower()).ThenBy(p => p.Id).Skip(slice.From).Take(slice.Count).Select(p => p.Id).ToListAsync(ct);
        var rows = (await SharesAsync(db, db.Set<Partner>().AsNoTracking().Where(p => ids.Contains(p.Id)), rule, zone, ct)).ToDictionary(c => c.Id);
        return new([.. ids.Where(rows.ContainsKey).Select(id => rows[id])], await measured.CountAsync(ct));
    }

    /// <summary>How complete one client is, by the first rule whose segment it is in, else by that for all; null when it is not within reach.</summary>
    public async Task<ClientShare?> OfAsync(PartnerId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var client = db.Set<Partner>().AsNoTracking().Within(actor).Where(p => p.Id == id);
        var rules = await RulesAsync(db, ct);
        var rule = rules[0];
        foreach (var special in rules.Skip(1))
            if (await client.Where(await segments.TestAsync(db, special.Segment!.Value, Actor.System("completeness"), ct)).AnyAsync(ct))
            {
                rule = special;
                break;
            }
        return (await SharesAsync(db, client, rule, await db.CompanyZoneAsync(ct), ct)).SingleOrDefault();
    }

    private async Task<List<ClientShare>> SharesAsync(PortalDb db, IQueryable<Partner> clients, RuleRow rule, TimeZoneInfo zone, CancellationToken ct)
    {
        var fields = rule.Weights.OrderByDescending(w => w.Value).ThenBy(w => w.Key).Select(w => w.Key).ToList();
        var rows = await clients.Select(With(CompletenessSql.Mask(db, fields, time.GetUtcNow(), zone)))
            .Select(x => new { x.Id, x.Name, Responsible = db.Set<PortalUser>().Where(u => u.Id == x.Responsible).Select(u => u.DisplayName).FirstOrDefault(), x.Figure }).ToListAsync(ct);
        return rows.ConvertAll(r => new ClientShare(r.Id, r.Name, r.Responsible, fields.Select((field, i) => (r.Figure >> i & 1) * rule.Weights[field]).Sum() / (double)rule.Whole,
            [.. fields.Where((_, i) => (r.Figure >> i & 1) == 0)]));
    }

    private async Task<IQueryable<Partner>> MeasuredAsync(PortalDb db, SegmentId? segment, Guid? responsible, Actor actor, CancellationToken ct)
    {
        var clients = segment is { } id ? await segments.MembersAsync(db, id, actor, ct) : db.Set<Partner>().AsNoTracking().Within(actor).Where(p => !p.Archived);
        return responsible is { } user ? clients.Where(p => p.Responsible == user) : clients;
    }

    private static async Task<RuleRow> RuleAsync(PortalDb db, SegmentId? segment, CancellationToken ct)
    {
        var rules = await RulesAsync(db, ct);
        return rules.FirstOrDefault(r => r.Segment == segment) ?? rules[0] with { Id = null, Segment = segment, Version = 0 };
    }

    private static async Task<IReadOnlyList<RuleRow>> RulesAsync(PortalDb db, CancellationToken ct)
    {
        var stored = await db.Set<CompletenessRule>().AsNoTracking().OrderBy(r => r.Segment != null).ThenBy(r => r.Id)
            .Select(r => new { Rule = r, Name = db.Set<Segment>().Where(s => s.Id == r.Segment).Select(s => s.Name).FirstOrDefault() }).ToListAsync(ct);
        var rows = stored.ConvertAll(r => new RuleRow(r.Rule.Id, r.Rule.Segment, r.Name, r.Rule.Weights.Where(w => Fields.Contains(w.Key)).ToDictionary(), r.Rule.Version));
        if (rows is not [{ Segment: null }, ..]) rows.Insert(0, new(null, null, null, CompletenessRule.Usual, 0));
        return rows;
    }

    private static Expression<Func<Partner, Figured>> With(Expression<Func<Partner, int>> figure)
    {
        var client = figure.Parameters[0];
        return Expression.Lambda<Func<Partner, Figured>>(Expression.MemberInit(Expression.New(typeof(Figured)),
            Expression.Bind(typeof(Figured).GetProperty(nameof(Figured.Id))!, Expression.Property(client, nameof(Partner.Id))),
            Expression.Bind(typeof(Figured).GetProperty(nameof(Figured.Name))!, Expression.Property(client, nameof(Partner.Name))),
            Expression.Bind(typeof(Figured).GetProperty(nameof(Figured.Responsible))!, Expression.Property(client, nameof(Partner.Responsible))),
            Expression.Bind(typeof(Figured).GetProperty(nameof(Figured.Figure))!, figure.Body)), client);
    }

    private sealed class Figured
    {
        public PartnerId Id { get; init; }
        public string Name { get; init; } = "";
        public Guid? Responsible { get; init; }
        public int Figure { get; init; }
    }
}
