using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients;

/// <summary>A column the list of partners sorts by.</summary>
public enum PartnerSort { Name, Standing, Responsible, Created }

/// <summary>
/// Pages of the list of partners in its orders, equal ones by name. Few are found first and sorted then; many are read in an order that an index holds,
/// so that the first page of a million costs no sorting of a million. No order serves both: who is rare would be looked for along the whole index.
/// </summary>
internal static class PartnerOrder
{
    /// <summary>More are neither counted nor sorted: nobody leafs so far.</summary>
    public const int Few = 10_000;

    // by so many it is known what is common among more; those are counted where they lie, and not brought here
    private const int Sample = 1_000;

    private static readonly PartnerStanding[] Standings = [PartnerStanding.Active, PartnerStanding.Prospect, PartnerStanding.Lost];

    // who makes up a fiftieth of what was found is soon met along an index of names
    private const int Common = 50;

    /// <summary>A page of partners; counted up to <see cref="Few"/>.</summary>
    /// <param name="dear">to find them costs more than to bring them here: up to <see cref="Few"/> are found once</param>
    public static async Task<PageOf<PartnerRow>> PageAsync(PortalDb db, IQueryable<Partner> partners, bool dear, PartnerSort sort, bool descending, Slice slice, CancellationToken ct)
    {
        var most = dear ? Few : Sample;
        var found = await FirstAsync(partners, most, ct);
        if (found.Count <= most) return new(await ReadAsync(db, Sorted(db, found, sort, descending), slice, ct), found.Count);
        var total = dear ? found.Count : await partners.Take(Few + 1).CountAsync(ct);
        return new(await OfManyAsync(db, partners, found, sort, descending, slice, most, ct), Math.Min(total, Few)) { More = total > Few };
    }

    /// <summary>A page of many partners; those of them that hang on one standing or person are few up to <paramref name="most"/>.</summary>
    /// <param name="found">some of them, by which the common standings and persons are known without counting</param>
    public static async Task<List<PartnerRow>> OfManyAsync(PortalDb db, IQueryable<Partner> partners, IReadOnlyList<Found> found, PartnerSort sort, bool descending, Slice slice, int most, CancellationToken ct)
    {
        if (sort == PartnerSort.Created) return await ReadAsync(db, Then(descending ? partners.OrderByDescending(p => p.CreatedAt) : partners.OrderBy(p => p.CreatedAt), descending), slice, ct);
        if (sort == PartnerSort.Name) return await ReadAsync(db, ByName(partners, descending), slice, ct);
        IEnumerable<(IQueryable<Partner> Partners, int Found)> groups = sort == PartnerSort.Standing
            ? Standings.Select(standing => (partners.Where(p => p.Standing == standing), found.Count(f => f.Standing == standing)))
            : (await ResponsibleAsync(db, partners, ct)).Select(user => (partners.Where(p => p.Responsible == user), found.Count(f => f.Responsible == user)));
        var (rows, skip) = (new List<PartnerRow>(), slice.From);
        foreach (var (group, share) in descending ? groups.Reverse() : groups)
        {
            if (rows.Count == slice.Count) break;
            var few = share * Common > found.Count ? null : await FewAsync(group, most, ct);
            var sorted = few is null ? ByName(group, descending) : Sorted(db, few, PartnerSort.Name, descending);
            var read = few is null || skip < few.Count ? await ReadAsync(db, sorted, new(skip, slice.Count - rows.Count), ct) : [];
            rows.AddRange(read);
            skip = read.Count > 0 ? 0 : Math.Max(0, skip - (few?.Count ?? await group.Take(skip).CountAsync(ct)));
        }
        return rows;
    }

    /// <summary>A partner that a filter means, and what groups it hangs in.</summary>
    public readonly record struct Found(PartnerId Id, PartnerStanding Standing, Guid? Responsible);

    /// <summary>Some of the partners, one more than <paramref name="most"/> where there are more; without an order, so that the database begins with what is rare.</summary>
    public static Task<List<Found>> FirstAsync(IQueryable<Partner> partners, int most, CancellationToken ct) =>
        partners.Select(p => new Found(p.Id, p.Standing, p.Responsible)).Take(most + 1).ToListAsync(ct);

    private static async Task<List<Found>?> FewAsync(IQueryable<Partner> partners, int most, CancellationToken ct) =>
        await FirstAsync(partners, most, ct) is var found && found.Count <= most ? found : null;

    // what a row shows is looked up for the page alone, not for all that stand before it
    private static async Task<List<PartnerRow>> ReadAsync(PortalDb db, IQueryable<Partner> sorted, Slice slice, CancellationToken ct)
    {
        var page = await sorted.Skip(slice.From).Take(slice.Count).Select(p => p.Id).ToListAsync(ct);
        var rows = await PartnerListQuery.Rows(db, db.Set<Partner>().Where(p => page.Contains(p.Id))).ToDictionaryAsync(row => row.Id, ct);
        return [.. page.Where(rows.ContainsKey).Select(id => rows[id])];
    }

    private static IQueryable<Partner> Sorted(PortalDb db, List<Found> few, PartnerSort sort, bool descending)
    {
        var ids = few.ConvertAll(f => f.Id);
        var partners = db.Set<Partner>().AsNoTracking().Where(p => ids.Contains(p.Id));
        if (sort == PartnerSort.Responsible)
        {
            var named = partners.LeftJoin(db.Set<PortalUser>(), p => p.Responsible, u => u.Id, (p, u) => new { Partner = p, Name = u!.DisplayName.ToLower() });
            return descending ? named.OrderByDescending(n => n.Name).ThenByDescending(n => n.Partner.Name.ToLower()).ThenByDescending(n => n.Partner.Id).Select(n => n.Partner)
                : named.OrderBy(n => n.Name).ThenBy(n => n.Partner.Name.ToLower()).ThenBy(n => n.Partner.Id).Select(n => n.Partner);
        }
        Expression<Func<Partner, object?>> key = sort switch
        {
            PartnerSort.Standing => p => p.Standing == PartnerStanding.Active ? 0 : p.Standing == PartnerStanding.Prospect ? 1 : 2,
            PartnerSort.Created => p => p.CreatedAt,
            _ => p => p.Name.ToLower(),
        };
        return Then(descending ? partners.OrderByDescending(key) : partners.OrderBy(key), descending);
    }

    /// <summary>Who answers for some of the partners, by name, and nobody as the last.</summary>
    private static async Task<List<Guid?>> ResponsibleAsync(PortalDb db, IQueryable<Partner> partners, CancellationToken ct) =>
    [
        .. await db.Set<PortalUser>().Where(u => partners.Any(p => p.Responsible == u.Id)).OrderBy(u => u.DisplayName.ToLower()).ThenBy(u => u.Id).Select(u => (Guid?)u.Id).ToListAsync(ct),
        null,
    ];

    private static IQueryable<Partner> ByName(IQueryable<Partner> partners, bool descending) =>
        descending ? partners.OrderByDescending(p => p.Name.ToLower()).ThenByDescending(p => p.Id) : partners.OrderBy(p => p.Name.ToLower()).ThenBy(p => p.Id);

    private static IQueryable<Partner> Then(IOrderedQueryable<Partner> sorted, bool descending) =>
        descending ? sorted.ThenByDescending(p => p.Name.ToLower()).ThenByDescending(p => p.Id) : sorted.ThenBy(p => p.Name.ToLower()).ThenBy(p => p.Id);
}
