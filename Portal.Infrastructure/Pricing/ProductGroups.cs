using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>A group as the tree shows it.</summary>
/// <param name="Depth">0 at the root</param>
/// <param name="Products">products in use in it and in the groups below</param>
/// <param name="MarginFloor">its own least margin, for readers of cost</param>
public sealed record GroupRow(ProductGroupId Id, string Name, ProductGroupId? Parent, int Depth, string Path, int Products, decimal? MarginFloor, bool Archived, uint Version);

/// <summary>Keeps the groups of the catalogue. Changes need <see cref="Permissions.PricingManage"/>, those of floors <see cref="Permissions.PricingCost"/> too.</summary>
public sealed class ProductGroups(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>The tree from the roots down, each group followed by those in it, by name.</summary>
    public async Task<IReadOnlyList<GroupRow>> TreeAsync(bool archived, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var tree = await GroupTree.ReadAsync(db, ct);
        var counts = await db.Set<Product>().Where(p => !p.Archived && p.Group != null).GroupBy(p => p.Group).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key!.Value, g => g.Count, ct);
        List<GroupRow> rows = [];
        foreach (var root in Sorted(tree.Roots)) Walk(root, 0);
        return rows;

        int Walk(ProductGroup group, int depth)
        {
            if (group.Archived && !archived) return 0;
            var at = rows.Count;
            rows.Add(new(group.Id, group.Name, group.Parent, depth, tree.Path(group.Id)!, 0, actor.Can(Permissions.PricingCost) ? group.MarginFloor : null, group.Archived, group.Version));
            var products = counts.GetValueOrDefault(group.Id);
            foreach (var child in Sorted(tree.Below(group.Id))) products += Walk(child, depth + 1);
            rows[at] = rows[at] with { Products = products };
            return products;
        }
    }

    /// <summary>Opens a group.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.group-unknown</c>, <c>pricing.group-name-taken</c>, <c>pricing.groups-too-deep</c>, <c>text.required</c>, <c>number.out-of-range</c></exception>
    public async Task<ProductGroupId> AddAsync(string name, ProductGroupId? parent, decimal? marginFloor, Actor actor, CancellationToken ct)
    {
        var group = new ProductGroup(ProductGroupId.New(), name, parent, actor.Can(Permissions.PricingCost) ? marginFloor : null);
        await InTurnAsync(actor, async db =>
        {
            await CheckAsync(db, group, ct);
            db.Add(group);
        }, group.Id, ct);
        return group.Id;
    }

    /// <summary>Changes a group that the user saw in version <paramref name="seen"/>; who does not read cost leaves its floor as it is.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>pricing.group-in-itself</c>, <c>shared.changed-by</c></exception>
    public Task ChangeAsync(ProductGroupId id, string name, ProductGroupId? parent, decimal? marginFloor, uint seen, Actor actor, CancellationToken ct) =>
        InTurnAsync(actor, async db =>
        {
            var group = await TakeAsync(db, id, ct);
            db.ExpectVersion(group, seen);
            group.Describe(name, parent, actor.Can(Permissions.PricingCost) ? marginFloor : group.MarginFloor);
            await CheckAsync(db, group, ct);
        }, id, ct);

    /// <summary>Takes an empty group out of the catalogue.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.group-unknown</c>, <c>pricing.group-not-empty</c></exception>
    public Task ArchiveAsync(ProductGroupId id, Actor actor, CancellationToken ct) =>
        InTurnAsync(actor, async db =>
        {
            var group = await TakeAsync(db, id, ct);
            if (await db.Set<Product>().AnyAsync(p => p.Group == id && !p.Archived, ct) || await db.Set<ProductGroup>().AnyAsync(g => g.Parent == id && !g.Archived, ct))
                throw new RuleBrokenException("pricing.group-not-empty", group.Name);
            group.Archive();
        }, id, ct);

    /// <summary>Brings a group back.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.group-unknown</c>, <c>pricing.group-name-taken</c></exception>
    public Task RestoreAsync(ProductGroupId id, Actor actor, CancellationToken ct) =>
        InTurnAsync(actor, async db =>
        {
            var group = await TakeAsync(db, id, ct);
            group.Restore();
            await CheckAsync(db, group, ct);
        }, id, ct);

    /// <summary>Refuses a group that is not there, or is out of use.</summary>
    internal static async Task RequireAsync(PortalDb db, ProductGroupId? group, CancellationToken ct)
    {
        if (group is { } id && !await db.Set<ProductGroup>().AnyAsync(g => g.Id == id && !g.Archived, ct)) throw new RuleBrokenException("pricing.group-unknown");
    }

    private static IEnumerable<ProductGroup> Sorted(IEnumerable<ProductGroup> groups) => groups.OrderBy(g => g.Name, StringComparer.CurrentCultureIgnoreCase);

    private static async Task<ProductGroup> TakeAsync(PortalDb db, ProductGroupId id, CancellationToken ct) =>
        await db.Set<ProductGroup>().FirstOrDefaultAsync(g => g.Id == id, ct) ?? throw new RuleBrokenException("pricing.group-unknown");

    private static async Task CheckAsync(PortalDb db, ProductGroup group, CancellationToken ct)
    {
        await RequireAsync(db, group.Parent, ct);
        var lower = group.Name.ToLowerInvariant();
        if (await db.Set<ProductGroup>().AnyAsync(g => g.Id != group.Id && g.Parent == group.Parent && !g.Archived && g.Name.ToLower() == lower, ct)) throw new RuleBrokenException("pricing.group-name-taken", group.Name);
        var tree = await GroupTree.ReadAsync(db, ct);
        var above = tree.Up(group.Parent).ToList();
        if (above.Exists(g => g.Id == group.Id)) throw new RuleBrokenException("pricing.group-in-itself");
        if (above.Count + tree.Height(group.Id) > ProductGroup.MostSteps) throw new RuleBrokenException("pricing.groups-too-deep", ProductGroup.MostSteps);
    }

    // names and circles are looked for before the save, so groups are changed one after the other
    private Task InTurnAsync(Actor actor, Func<PortalDb, Task> job, ProductGroupId about, CancellationToken ct) => contexts.InTurnAsync("pricing.groups", new(ObjectKind.ProductGroup, about.Value), actor, job, ct);
}
