using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>
/// Makes one of two records, and two of one again. Nothing is deleted: the loser is archived and points to the survivor,
/// and everything that pointed to it points to the survivor, in one transaction.
/// </summary>
public sealed class PartyMerge(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Merges a pair as somebody decided.</summary>
    /// <returns>id of the merge, by which it is undone</returns>
    /// <exception cref="RuleBrokenException"><c>clients.pair-unknown</c> also for one that is partly out of reach, <c>clients.pair-merged</c>, <c>clients.pair-different</c> with who was first, <c>clients.merged-by</c>, <c>clients.not-of-pair</c>, <c>clients.fields-hidden</c></exception>
    public async Task<Guid> MergeAsync(MergeOrder order, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var pair = await TakeAsync(db, order.Pair, actor, ct);
        await RequireOpenAsync(db, pair, actor, ct);
        if (pair.Kind == ObjectKind.Partner) await db.TakeNetworkTurnAsync(ct);
        if (order.Survivor != pair.One && order.Survivor != pair.Other) throw new RuleBrokenException("clients.not-of-pair");
        var (survivor, loser) = (order.Survivor, order.Survivor == pair.One ? pair.Other : pair.One);
        var (now, id) = (time.GetUtcNow(), Guid.CreateVersion7());
        pair.Join(id, actor, now);
        await RequireStandingAsync(db, pair.Kind, [survivor, loser], ct);

        if (pair.Kind == ObjectKind.Partner) await JoinAsync(db, new PartnerId(survivor), new PartnerId(loser), order, now, actor, ct);
        else await JoinAsync(db, new PersonId(survivor), new PersonId(loser), order, ct);
        foreach (var same in order.Same) await FoldAsync(db, same, survivor, loser, ct);
        var merge = new Merge(id, pair.Kind, survivor, loser, pair.Id, FieldChanges.Of(db), now, actor);
        db.Add(merge);
        await DuplicateTasks.SettleAsync(db, pair, now, actor, ct);
        await CarriedDecisions.CarryAsync(db, merge, now, actor, ct);
        await db.SaveChangesAsync(ct);

        var moves = new ReferenceMoves(db, now);
        foreach (var same in order.Same) db.AddRange(await moves.MoveAllAsync(id, same.Kind, same.Fold, same.Keep, ct));
        db.AddRange(await moves.MoveAllAsync(id, pair.Kind, loser, survivor, ct));
        await EndTwinRolesAsync(db, [.. order.Same.Where(s => s.Kind == ObjectKind.Person).Select(s => new PersonId(s.Keep)), .. pair.Kind == ObjectKind.Person ? [new PersonId(survivor)] : Array.Empty<PersonId>()], ct);
        // also where none of its own fields has changed
        if (pair.Kind == ObjectKind.Partner) db.Uncommitted.Add(new(new(ObjectKind.Partner, survivor), null, actor.UserId, actor.Name));
        merge.AlsoChanged(FieldChanges.Of(db));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return id;
    }

    /// <summary>Takes a merge back: every row and field that is still as the merge left it stands as before, but for a place in a network, of clients or of legal entities, that would close a circle now or lie too deep.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.pair-unknown</c>, <c>clients.merge-undone</c>, <c>clients.merge-covered</c></exception>
    public async Task<MergeUndone> UndoAsync(Guid id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select from clients.merge where id = {id} for update", ct);
        var merge = await db.Set<Merge>().FirstOrDefaultAsync(m => m.Id == id, ct) ?? throw new RuleBrokenException("clients.pair-unknown");
        if (merge.Kind == ObjectKind.Partner) await db.TakeNetworkTurnAsync(ct);
        var now = time.GetUtcNow();
        await RequireReachAsync(db, merge.Kind, [merge.Survivor, merge.Loser], actor, ct);
        merge.Undo(actor, now);
        // the survivor was merged on: that merge holds what would have to move
        if (await db.Set<Merge>().AnyAsync(m => m.Loser == merge.Survivor && m.UndoneAt == null, ct)) throw new RuleBrokenException("clients.merge-covered");

        var (moves, elsewhere) = (new ReferenceMoves(db, now), 0);
        foreach (var move in await db.Set<MergeMove>().AsNoTracking().Where(m => m.Merge == id).OrderByDescending(m => m.Id).ToListAsync(ct))
            elsewhere += await moves.MoveBackAsync(move, ct);
        var fields = await FieldChanges.TakeBackAsync(db, FieldChange.Read(merge.Changes), ct);
        foreach (var pair in await db.Set<FoundPair>().Where(p => p.Merge == id).ToListAsync(ct)) pair.Reopen();
        await CarriedDecisions.TakeBackAsync(db, id, ct);
        if (merge.Kind == ObjectKind.Partner)
        {
            var (apart, name) = (new PartnerId(merge.Loser), (await db.FindAsync<Partner>([new PartnerId(merge.Loser)], ct))!.Name);
            db.Add(new TimelineEntry(new(merge.Survivor), "partner.unmerged", new(ObjectKind.Partner, apart.Value), name, now, actor));
            // also where none of its own fields has changed
            db.Uncommitted.Add(new(new(ObjectKind.Partner, merge.Survivor), null, actor.UserId, actor.Name));
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new(elsewhere, fields);
    }

    /// <summary>The pair, held until the transaction ends; only for who reaches both sides.</summary>
    internal static async Task<FoundPair> TakeAsync(PortalDb db, Guid id, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from clients.found_pair where id = {id} for update", ct);
        var pair = await db.Set<FoundPair>().FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw new RuleBrokenException("clients.pair-unknown");
        await RequireReachAsync(db, pair.Kind, [pair.One, pair.Other], actor, ct);
        return pair;
    }

    // whoever joined fields that he may not read would read them on what stays
    private static async Task RequireOpenAsync(PortalDb db, FoundPair pair, Actor actor, CancellationToken ct)
    {
        if (actor.Hidden == ConfidentialFields.None) return;
        var sides = new[] { pair.One, pair.Other };
        var clients = pair.Kind == ObjectKind.Partner ? db.Set<Partner>().Where(p => sides.Contains((Guid)(object)p.Id))
            : db.Set<Partner>().Where(p => db.Set<ContactRole>().Any(r => r.Partner == p.Id && sides.Contains((Guid)(object)r.Person)));
        if (!await clients.AnyAsync(ct) || await clients.AnyAsync(p => p.Responsible != actor.UserId, ct)) throw new RuleBrokenException("clients.fields-hidden");
    }

    private static async Task RequireReachAsync(PortalDb db, ObjectKind kind, Guid[] sides, Actor actor, CancellationToken ct)
    {
        if (await PairReach.CountAsync(db, kind, sides, actor, ct) != sides.Length) throw new RuleBrokenException("clients.pair-unknown");
    }

    // another pair may have taken a side away meanwhile; both are held, in one order for all, but not against whoever only refers to them: the round that reckons keys would wait for this, and this for it
    private static async Task RequireStandingAsync(PortalDb db, ObjectKind kind, Guid[] sides, CancellationToken ct)
    {
        var held = kind == ObjectKind.Partner
            ? await db.Database.SqlQuery<Guid?>($"""select merged_into as "Value" from clients.partner where id = any({sides}) order by id for no key update""").ToListAsync(ct)
            : await db.Database.SqlQuery<Guid?>($"""select merged_into as "Value" from clients.person where id = any({sides}) order by id for no key update""").ToListAsync(ct);
        if (held.All(into => into is null)) return;
        var by = await db.Set<Merge>().Where(m => sides.Contains(m.Loser) && m.UndoneAt == null).OrderByDescending(m => m.At).Select(m => m.ByName).FirstOrDefaultAsync(ct);
        throw new RuleBrokenException("clients.merged-by", by ?? "");
    }

    private static async Task JoinAsync(PortalDb db, PartnerId survivor, PartnerId loser, MergeOrder order, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        var sides = await db.Set<Partner>().Where(p => p.Id == survivor || p.Id == loser).ToDictionaryAsync(p => p.Id, ct);
        var (stays, goes) = (sides[survivor], sides[loser]);
        var (phone, mail, above) = (stays.Phone, stays.Email, stays.Parent);
        Choose(db, ObjectKind.Partner, stays, goes, order);
        await SettleNetworkAsync(db, stays, goes, above, ct);
        goes.MergeInto(stays.Id);
        var points = await db.Set<ContactPoint>().AsNoTracking().Where(p => p.Partner == survivor || p.Partner == loser).ToListAsync(ct);
        foreach (var (channel, number) in Displaced((phone, goes.Phone, stays.Phone), (mail, goes.Email, stays.Email), points))
            db.Add(new ContactPoint(Guid.CreateVersion7(), survivor, channel, ContactUse.Work, number));
        db.Add(new TimelineEntry(stays.Id, "partner.merged", new(ObjectKind.Partner, goes.Id.Value), goes.Name, now, actor));
    }

    private static async Task JoinAsync(PortalDb db, PersonId survivor, PersonId loser, MergeOrder order, CancellationToken ct)
    {
        var sides = await db.Set<Person>().Where(p => p.Id == survivor || p.Id == loser).ToDictionaryAsync(p => p.Id, ct);
        var (stays, goes) = (sides[survivor], sides[loser]);
        var (phone, mail) = (stays.Phone, stays.Email);
        Choose(db, ObjectKind.Person, stays, goes, order);
        goes.MergeInto(survivor);
        var points = await db.Set<ContactPoint>().AsNoTracking().Where(p => p.Person == survivor || p.Person == loser).ToListAsync(ct);
        foreach (var (channel, number) in Displaced((phone, goes.Phone, stays.Phone), (mail, goes.Email, stays.Email), points))
            db.Add(new ContactPoint(Guid.CreateVersion7(), survivor, channel, ContactUse.Work, number));
    }

    private static void Choose(PortalDb db, ObjectKind kind, object stays, object goes, MergeOrder order)
    {
        var (to, from) = (db.Entry(stays), db.Entry(goes));
        foreach (var field in MergeFields.Of(kind))
        {
            var (ours, theirs) = (to.Property(field).CurrentValue, from.Property(field).CurrentValue);
            var side = order.Fields.TryGetValue(field, out var chosen) && (chosen != MergeSide.Both || MergeFields.TakesBoth(field)) ? chosen : MergeFields.Usual(field, ours, theirs);
            if (side == MergeSide.Survivor) continue;
            to.Property(field).CurrentValue = side == MergeSide.Loser ? theirs : Both(ours, theirs);
        }
    }

    private static object? Both(object? ours, object? theirs) => (ours, theirs) switch
    {
        (PartnerKinds a, PartnerKinds b) => a | b,
        (string a, string b) when a != b => $"{a}\n{b}",
        _ => ours ?? theirs,
    };

    // numbers that lost their place in the head and stand nowhere else: they are not lost
    private static IEnumerable<(ContactChannel, string)> Displaced((string? Ours, string? Theirs, string? Now) phone, (string? Ours, string? Theirs, string? Now) mail, List<ContactPoint> points) =>
        from part in new[] { (Channel: ContactChannel.Phone, Numbers: phone), (Channel: ContactChannel.Email, Numbers: mail) }
        let known = points.Where(p => p.Channel == part.Channel).Select(p => p.Value).Append(part.Numbers.Now ?? "").Select(n => Normal(part.Channel, n)).ToHashSet()
        from number in new[] { part.Numbers.Ours, part.Numbers.Theirs }.OfType<string>().DistinctBy(n => Normal(part.Channel, n))
        where !known.Contains(Normal(part.Channel, number))
        select (part.Channel, number);

    private static string Normal(ContactChannel channel, string number) => channel == ContactChannel.Phone ? PhoneNumber.Of(number, null).Tail : MailAddress.Of(number).Normal;

    // nobody may stand above himself once both are one
    private static async Task SettleNetworkAsync(PortalDb db, Partner stays, Partner goes, PartnerId? before, CancellationToken ct)
    {
        foreach (var above in new[] { stays.Parent, before, goes.Parent })
        {
            if (await LeadsToAsync(db, above, stays.Id, goes.Id, ct)) continue;
            stays.JoinNetwork(above, stays.Level);
            return;
        }
        stays.JoinNetwork(null, stays.Level);
    }

    private static async Task<bool> LeadsToAsync(PortalDb db, PartnerId? above, PartnerId one, PartnerId other, CancellationToken ct)
    {
        if (above is not { } head) return false;
        var chain = await NetworkPlace.ChainAsync(db, head, ct);
        // where a walk ends before the network does, nobody knows where it leads
        return chain.Contains(one) || chain.Contains(other) || chain.Count == NetworkSql.Deepest;
    }

    private static async Task FoldAsync(PortalDb db, SamePart same, Guid survivor, Guid loser, CancellationToken ct)
    {
        if (!await PairParts.AreOfSidesAsync(db, same, survivor, loser, ct)) throw new RuleBrokenException("clients.not-of-pair");
        switch (same.Kind)
        {
            case ObjectKind.Person:
                await JoinAsync(db, new PersonId(same.Keep), new PersonId(same.Fold), new(default, same.Keep, new Dictionary<string, MergeSide>(), []), ct);
                break;
            case ObjectKind.Counterparty:
                var entities = await db.Set<Counterparty>().Where(c => c.Id == new CounterpartyId(same.Keep) || c.Id == new CounterpartyId(same.Fold)).ToDictionaryAsync(c => c.Id.Value, ct);
                Fill(db, entities[same.Keep], entities[same.Fold], nameof(Counterparty.Country), nameof(Counterparty.TaxNumber), nameof(Counterparty.RegisterNumber), nameof(Counterparty.LegalAddress));
                // whatever stood between the two hangs below the one that stays
                if (await CounterpartyRegistry.LeadsToAsync(db, entities[same.Keep].Parent, new(same.Fold), ct)) entities[same.Keep].BelongTo(entities[same.Fold].Parent);
                entities[same.Fold].MergeInto(new(same.Keep));
                break;
            default:
                var places = await db.Set<Place>().Where(p => p.Id == new PlaceId(same.Keep) || p.Id == new PlaceId(same.Fold)).ToDictionaryAsync(p => p.Id.Value, ct);
                Fill(db, places[same.Keep], places[same.Fold], nameof(Place.Door), nameof(Place.AccessNote), nameof(Place.Contact), nameof(Place.Postcode));
                places[same.Fold].MergeInto(new(same.Keep));
                break;
        }
    }

    // what only the folded part knew
    private static void Fill(PortalDb db, object keep, object fold, params string[] fields)
    {
        foreach (var field in fields)
            if (db.Entry(keep).Property(field) is { CurrentValue: null } empty) empty.CurrentValue = db.Entry(fold).Property(field).CurrentValue;
    }

    // one person in one client twice
    private static async Task EndTwinRolesAsync(PortalDb db, PersonId[] people, CancellationToken ct)
    {
        if (people.Length == 0) return;
        var roles = await db.Set<ContactRole>().Where(r => people.Contains(r.Person) && !r.Ended).OrderBy(r => r.Id).ToListAsync(ct);
        foreach (var twin in roles.GroupBy(r => (r.Person, r.Partner)).SelectMany(group => group.Skip(1))) twin.End();
    }
}
