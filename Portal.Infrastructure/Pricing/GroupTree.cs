using Microsoft.EntityFrameworkCore;
using Portal.Domain.Pricing;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>All groups of the catalogue: some hundreds at most, read at once.</summary>
internal sealed class GroupTree
{
    private readonly Dictionary<ProductGroupId, ProductGroup> groups;
    private readonly ILookup<ProductGroupId?, ProductGroup> below;

    private GroupTree(List<ProductGroup> all)
    {
        groups = all.ToDictionary(g => g.Id);
        below = all.ToLookup(g => g.Parent);
    }

    public static async Task<GroupTree> ReadAsync(PortalDb db, CancellationToken ct) => new(await db.Set<ProductGroup>().AsNoTracking().ToListAsync(ct));

    public ProductGroup? Find(ProductGroupId id) => groups.GetValueOrDefault(id);

    public IEnumerable<ProductGroup> Roots => below[null];

    public IEnumerable<ProductGroup> Below(ProductGroupId id) => below[id];

    /// <summary>The group and those above it, the nearest first.</summary>
    public IEnumerable<ProductGroup> Up(ProductGroupId? id)
    {
        for (var (at, steps) = (id, 0); at is { } one && groups.TryGetValue(one, out var group) && steps < ProductGroup.MostSteps; at = group.Parent, steps++) yield return group;
    }

    /// <summary>The group and all that lie in it.</summary>
    public IEnumerable<ProductGroup> Down(ProductGroupId id) => groups.TryGetValue(id, out var group) ? below[id].SelectMany(child => Down(child.Id)).Prepend(group) : [];

    /// <summary>Names from the root down, as <c>Racks › Shelves</c>.</summary>
    public string? Path(ProductGroupId? id) => id is null ? null : string.Join(" › ", Up(id).Reverse().Select(g => g.Name));

    /// <summary>The least margin of products in the group, by it or the nearest above that says one.</summary>
    public decimal? Floor(ProductGroupId? id) => Up(id).FirstOrDefault(g => g.MarginFloor is not null)?.MarginFloor;

    /// <summary>Levels below the group, itself among them.</summary>
    public int Height(ProductGroupId id) => 1 + below[id].Select(child => Height(child.Id)).DefaultIfEmpty(0).Max();
}
