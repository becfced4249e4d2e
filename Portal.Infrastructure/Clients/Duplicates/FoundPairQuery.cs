using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Which pairs to list. <paramref name="State"/> null lists those that nobody has decided; <paramref name="Responsible"/> answers for one of the two.</summary>
public sealed record FoundPairFilter(ObjectKind Kind = ObjectKind.Partner, DuplicateBand? Band = null, FoundPairState? State = null, Guid? Responsible = null);

/// <summary>One of the two, as far as the reader may know it: beyond his reach only who answers for it.</summary>
/// <param name="Id">null beyond reach</param>
/// <param name="Name">null beyond reach</param>
/// <param name="Detail">what tells it from others: phone, mail, whom a person works for</param>
public sealed record PairSide(Guid? Id, string? Name, string? Detail, Guid? ResponsibleId, string? Responsible, DateTimeOffset? Since);

/// <summary>A pair as lists show it.</summary>
public sealed record FoundPairRow(
    Guid Id, ObjectKind Kind, PairSide One, PairSide Other, double Score, DuplicateBand Band, FoundPairState State, IReadOnlyList<MatchReason> Reasons, AssignmentId? Task,
    string? DecidedBy, DateTimeOffset? DecidedAt, Guid? Merge)
{
    /// <summary>True where fields of a side are hidden from the reader, who therefore does not decide.</summary>
    public bool IsVeiled { get; init; }

    /// <summary>True where the reader reaches both and may decide.</summary>
    public bool IsReached => One.Id is not null && Other.Id is not null && !IsVeiled;
}

/// <summary>A field of both sides, ids as what they stand for is called.</summary>
public sealed record PairField(string Name, object? One, object? Other)
{
    /// <summary>True where there is nothing to choose.</summary>
    public bool IsEqual => Equals(One, Other);
}

/// <summary>A pair opened side by side.</summary>
/// <param name="Counts">how much hangs on the two: by name of the entity</param>
/// <param name="Suggested">the side that stays where nobody chooses: whoever has more hanging on it, the older of equals</param>
public sealed record FoundPairPage(
    FoundPairRow Row, IReadOnlyList<PairField> Fields, IReadOnlyList<PairPart> OneParts, IReadOnlyList<PairPart> OtherParts, IReadOnlyList<SamePart> Same,
    IReadOnlyList<(string Entity, int One, int Other)> Counts, Guid Suggested);

/// <summary>A merge that stands.</summary>
public sealed record MergeLine(Guid Id, Guid Survivor, string SurvivorName, Guid Loser, string LoserName, string ByName, DateTimeOffset At);

/// <summary>Who stands for a client now.</summary>
/// <param name="Remaining">the client itself, or the one it was merged into; null where the reader does not see that one</param>
/// <param name="Along">how it was merged, as far as the reader may know; null where it was not</param>
public sealed record StandIn(PartnerId? Remaining, MergeLine? Along);

/// <summary>What the page of duplicates says above the list.</summary>
/// <param name="Run">the last search</param>
/// <param name="Next">when the next one is planned</param>
/// <param name="IsWhole">the reader reaches the whole base, and so may know what the search counted in it</param>
public sealed record DuplicateOverview(DuplicateRun? Run, DuplicatePlan Plan, DateTimeOffset? Next, bool IsWhole);

/// <summary>Reads pairs that searches have found. A pair with one side out of reach is listed without what is known of that side.</summary>
public sealed class FoundPairQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>The last search and the plan.</summary>
    public async Task<DuplicateOverview> OverviewAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var run = await db.Set<DuplicateRun>().AsNoTracking().OrderByDescending(r => r.StartedAt).ThenByDescending(r => r.Id).FirstOrDefaultAsync(ct);
        var plan = await DuplicatePlan.ReadAsync(db, ct);
        return new(run, plan, plan.Next(run?.StartedAt, await db.CompanyZoneAsync(ct)), actor.IsSystem || actor.Scope == ActorScope.All);
    }

    /// <summary>Pairs of which the actor reaches at least one side, the likeliest first.</summary>
    public async Task<PageOf<FoundPairRow>> ListAsync(FoundPairFilter filter, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await Matching(db, filter, actor).OrderByDescending(p => p.Bits).ThenBy(p => p.Id).PageAsync(slice, ct);
        return new(await RowsAsync(db, filter.Kind, found.Rows, actor, ct), found.Total);
    }

    /// <summary>Ids of the pairs behind a list, the likeliest first, for work on all of them.</summary>
    public async Task<IReadOnlyList<Guid>> IdsAsync(FoundPairFilter filter, int most, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var reached = PairReach.Ids(db, filter.Kind, actor);
        return await Matching(db, filter, actor).Where(p => reached.Contains(p.One) && reached.Contains(p.Other))
            .OrderByDescending(p => p.Bits).ThenBy(p => p.Id).Take(most).Select(p => p.Id).ToListAsync(ct);
    }

    /// <summary>The pair behind another one in its list, or the first of the list where there is none; null where the list is empty.</summary>
    public async Task<Guid?> NextAsync(FoundPairFilter filter, Guid after, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var bits = await db.Set<FoundPair>().Where(p => p.Id == after).Select(p => p.Bits).FirstOrDefaultAsync(ct);
        var others = Matching(db, filter, actor).Where(p => p.Id != after).OrderByDescending(p => p.Bits).ThenBy(p => p.Id);
        return await others.Where(p => p.Bits < bits || p.Bits == bits && p.Id > after).Select(p => (Guid?)p.Id).FirstOrDefaultAsync(ct)
            ?? await others.Select(p => (Guid?)p.Id).FirstOrDefaultAsync(ct);
    }

    /// <summary>Merges in which a client stayed or went, and that stand; the latest first.</summary>
    public async Task<IReadOnlyList<MergeLine>> MergesOfAsync(PartnerId partner, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var id = partner.Value;
        var reached = PairReach.Ids(db, ObjectKind.Partner, actor);
        return await (from m in db.Set<Merge>()
                      where m.Kind == ObjectKind.Partner && m.UndoneAt == null && (m.Survivor == id || m.Loser == id) && reached.Contains(m.Survivor) && reached.Contains(m.Loser)
                      join survivor in db.Set<Partner>() on m.Survivor equals (Guid)(object)survivor.Id
                      join loser in db.Set<Partner>() on m.Loser equals (Guid)(object)loser.Id
                      orderby m.At descending, m.Id descending
                      select new MergeLine(m.Id, m.Survivor, survivor.Name, m.Loser, loser.Name, m.ByName, m.At)).Take(50).ToListAsync(ct);
    }

    /// <summary>Who stands for a client, over however many merges; null where the reader does not see the client.</summary>
    public async Task<StandIn?> StandsForAsync(PartnerId client, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (at, along) = (client, (MergeLine?)null);
        while (true)
        {
            var merged = await db.Set<Partner>().Within(actor).Where(p => p.Id == at).Select(p => (bool?)(p.MergedInto != null)).FirstOrDefaultAsync(ct);
            if (merged is null) return null;
            if (merged is false) return new(at, along);
            if ((await MergesOfAsync(at, actor, ct)).FirstOrDefault(m => m.Loser == at.Value) is not { } merge) return new(null, along);
            (at, along) = (new(merge.Survivor), along ?? merge);
        }
    }

    /// <summary>One pair with all fields and parts of both sides; null where it is not there or both sides are out of reach.</summary>
    public async Task<FoundPairPage?> FindAsync(Guid id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<FoundPair>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) is not { } pair) return null;
        var row = (await RowsAsync(db, pair.Kind, [pair], actor, ct))[0];
        if (row is { One.Id: null, Other.Id: null }) return null;
        if (!row.IsReached) return new(row, [], [], [], [], [], Guid.Empty);
        var counts = await CountsAsync(db, pair, ct);
        var heavier = counts.Sum(c => c.Other) > counts.Sum(c => c.One) || counts.Sum(c => c.Other) == counts.Sum(c => c.One) && row.Other.Since < row.One.Since;
        var (one, other) = pair.Kind == ObjectKind.Partner
            ? (await PairParts.OfAsync(db, new(pair.One), ct), await PairParts.OfAsync(db, new(pair.Other), ct))
            : ((List<PairPart>)[], (List<PairPart>)[]);
        return new(row, await FieldsAsync(db, pair, ct), one, other, PairParts.Same(one, other), counts, heavier ? pair.Other : pair.One);
    }

    /// <summary>True when the pair is there and the actor reaches a side of it.</summary>
    public async Task<bool> MaySeeAsync(Guid id, Actor actor, CancellationToken ct) =>
        actor.Can(Permissions.ClientsRead) && await RowsAsync([id], actor, ct) is [{ } row] && (row.One.Id ?? row.Other.Id) is not null;

    /// <summary>Some pairs as a list shows them.</summary>
    internal async Task<IReadOnlyList<FoundPairRow>> RowsAsync(IReadOnlyCollection<Guid> ids, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = new List<FoundPairRow>();
        foreach (var kind in (await db.Set<FoundPair>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToListAsync(ct)).GroupBy(p => p.Kind))
            rows.AddRange(await RowsAsync(db, kind.Key, [.. kind], actor, ct));
        return rows;
    }

    private static IQueryable<FoundPair> Matching(PortalDb db, FoundPairFilter filter, Actor actor)
    {
        var pairs = db.Set<FoundPair>().AsNoTracking().Where(p => p.Kind == filter.Kind);
        pairs = filter.State is { } state ? pairs.Where(p => p.State == state) : pairs.Where(p => p.State == FoundPairState.Open || p.State == FoundPairState.TaskGiven);
        if (filter.State is null or FoundPairState.Open or FoundPairState.TaskGiven) pairs = pairs.Standing(db);
        if (filter.Band is { } band) pairs = pairs.Where(p => p.Band == band);
        if (!actor.IsSystem && actor.Scope != ActorScope.All)
        {
            var reached = PairReach.Ids(db, filter.Kind, actor);
            pairs = pairs.Where(p => reached.Contains(p.One) || reached.Contains(p.Other));
        }
        if (filter.Responsible is { } user)
        {
            // a set of ids, and no condition over both sides: of hundreds of thousands of pairs each would look for its partners
            var own = db.Set<Partner>().Where(x => x.Responsible == user);
            var ids = filter.Kind == ObjectKind.Partner ? own.Select(x => (Guid)(object)x.Id)
                : db.Set<ContactRole>().Where(r => own.Any(x => x.Id == r.Partner)).Select(r => (Guid)(object)r.Person);
            pairs = pairs.Where(p => ids.Contains(p.One) || ids.Contains(p.Other));
        }
        return pairs;
    }

    private static async Task<IReadOnlyList<FoundPairRow>> RowsAsync(PortalDb db, ObjectKind kind, IReadOnlyList<FoundPair> pairs, Actor actor, CancellationToken ct)
    {
        var ids = pairs.SelectMany(p => new[] { p.One, p.Other }).Distinct().ToList();
        var reached = await PairReach.Ids(db, kind, actor).Where(id => ids.Contains(id)).ToHashSetAsync(ct);
        var sides = kind == ObjectKind.Partner ? await PartnersAsync(db, ids, ct) : await PersonsAsync(db, ids, actor, ct);
        return [.. pairs.Select(Row)];

        FoundPairRow Row(FoundPair p)
        {
            var hidden = Hidden(p.One) | Hidden(p.Other);
            var reasons = reached.Contains(p.One) && reached.Contains(p.Other) ? JsonSerializer.Deserialize<List<MatchReason>>(p.Reasons)!.Without(hidden) : [];
            return new(p.Id, p.Kind, Side(p.One), Side(p.Other), p.Score, p.Band, p.State, reasons, p.Task, p.DecidedByName, p.DecidedAt, p.Merge) { IsVeiled = hidden != ConfidentialFields.None };
        }

        ConfidentialFields Hidden(Guid id) => actor.HiddenOf(sides.GetValueOrDefault(id)?.ResponsibleId);

        PairSide Side(Guid id)
        {
            if (!sides.TryGetValue(id, out var side)) return new(null, null, null, null, null, null);
            if (!reached.Contains(id)) return new(null, null, null, side.ResponsibleId, side.Responsible, null);
            // the detail of a client is its phone or mail
            return kind == ObjectKind.Partner && Hidden(id).Has(ConfidentialFields.Phones | ConfidentialFields.Mails) ? side with { Detail = null } : side;
        }
    }

    private static Task<Dictionary<Guid, PairSide>> PartnersAsync(PortalDb db, List<Guid> ids, CancellationToken ct) =>
        db.Set<Partner>().AsNoTracking().Where(p => ids.Contains((Guid)(object)p.Id))
            .Select(p => new { p.Id, p.Name, p.Phone, p.Email, p.Responsible, Who = db.Set<PortalUser>().Where(u => u.Id == p.Responsible).Select(u => u.DisplayName).FirstOrDefault(), p.CreatedAt })
            .ToDictionaryAsync(p => p.Id.Value, p => new PairSide(p.Id.Value, p.Name, p.Phone ?? p.Email, p.Responsible, p.Who, p.CreatedAt), ct);

    private static async Task<Dictionary<Guid, PairSide>> PersonsAsync(PortalDb db, List<Guid> ids, Actor actor, CancellationToken ct)
    {
        var people = await db.Set<Person>().AsNoTracking().Where(p => ids.Contains((Guid)(object)p.Id)).Select(p => new
        {
            p.Id, p.Name,
            Of = (from r in db.Set<ContactRole>() where r.Person == p.Id join x in db.Set<Partner>().Within(actor) on r.Partner equals x.Id orderby r.Ended, r.Id select new { x.Name, x.Responsible }).FirstOrDefault(),
        }).ToListAsync(ct);
        var users = people.Select(p => p.Of?.Responsible).OfType<Guid>().Distinct().ToList();
        var names = await db.Set<PortalUser>().Where(u => users.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, ct);
        return people.ToDictionary(p => p.Id.Value, p => new PairSide(p.Id.Value, p.Name, p.Of?.Name, p.Of?.Responsible, p.Of?.Responsible is { } user ? names.GetValueOrDefault(user) : null, null));
    }

    private static async Task<IReadOnlyList<PairField>> FieldsAsync(PortalDb db, FoundPair pair, CancellationToken ct)
    {
        object? one, other;
        if (pair.Kind == ObjectKind.Partner) (one, other) = (await db.FindAsync<Partner>([new PartnerId(pair.One)], ct), await db.FindAsync<Partner>([new PartnerId(pair.Other)], ct));
        else (one, other) = (await db.FindAsync<Person>([new PersonId(pair.One)], ct), await db.FindAsync<Person>([new PersonId(pair.Other)], ct));
        var fields = new List<PairField>();
        foreach (var name in MergeFields.Of(pair.Kind))
        {
            var (a, b) = (db.Entry(one!).Property(name).CurrentValue, db.Entry(other!).Property(name).CurrentValue);
            fields.Add(new(name, await WordAsync(db, name, a, ct), await WordAsync(db, name, b, ct)));
        }
        return fields;
    }

    // what an id stands for, as people call it
    private static async Task<object?> WordAsync(PortalDb db, string field, object? value, CancellationToken ct) => value switch
    {
        Guid user when field == "Responsible" => await db.Set<PortalUser>().Where(u => u.Id == user).Select(u => u.DisplayName).FirstOrDefaultAsync(ct),
        BranchId branch => await db.Set<Branch>().Where(b => b.Id == branch).Select(b => b.Name).FirstOrDefaultAsync(ct),
        PartnerId partner => await db.Set<Partner>().Where(p => p.Id == partner).Select(p => p.Name).FirstOrDefaultAsync(ct),
        _ => value,
    };

    private static async Task<IReadOnlyList<(string Entity, int One, int Other)>> CountsAsync(PortalDb db, FoundPair pair, CancellationToken ct)
    {
        var counts = new List<(string Entity, int One, int Other)>();
        foreach (var group in References.To(pair.Kind, db.Model).GroupBy(r => r.Entity!.NameInAudit()).ToList())
        {
            var (one, other) = (0, 0);
            foreach (var reference in group)
            {
                var about = reference.About is { } column ? $" and \"{column}\" = '{pair.Kind}'" : "";
                // names come from the model, values are parameters
                var sql = $"select count(*) filter (where \"{reference.Column}\" = {{0}})::int as \"Item1\", count(*) filter (where \"{reference.Column}\" = {{1}})::int as \"Item2\" from {reference.Table} where \"{reference.Column}\" in ({{0}}, {{1}}){about}";
                var found = await db.Database.SqlQueryRaw<SideCounts>(sql, pair.One, pair.Other).SingleAsync(ct);
                (one, other) = (one + found.Item1, other + found.Item2);
            }
            if (one + other > 0) counts.Add((group.Key, one, other));
        }
        return counts;
    }

    private sealed record SideCounts(int Item1, int Item2);
}

/// <summary>Pairs whose two sides still stand for themselves.</summary>
internal static class StandingPairs
{
    /// <summary>Leaves out pairs of which a side was archived or merged since.</summary>
    public static IQueryable<FoundPair> Standing(this IQueryable<FoundPair> pairs, PortalDb db) =>
        pairs.Where(p => !db.Set<Partner>().Any(x => x.Archived && (Guid)(object)x.Id == p.One) && !db.Set<Partner>().Any(x => x.Archived && (Guid)(object)x.Id == p.Other)
            && !db.Set<Person>().Any(x => x.MergedInto != null && (Guid)(object)x.Id == p.One) && !db.Set<Person>().Any(x => x.MergedInto != null && (Guid)(object)x.Id == p.Other));
}
