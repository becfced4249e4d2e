using Portal.Domain.Shared;
using Portal.Infrastructure.Work;

namespace Portal.Web.Work;

/// <summary>
/// The shown rows of the inbox. While the reader is at them they keep their places: known rows are renewed where they stand, those
/// that went stay as ghosts, new ones come last. Let go, the list takes its own order.
/// </summary>
internal sealed class WorkRows
{
    private HashSet<Guid> proper = [];

    /// <summary>The rows to show.</summary>
    public IReadOnlyList<WorkItem> Items { get; private set; } = [];

    /// <summary>Rows that came with the last live change, to be marked.</summary>
    public IReadOnlySet<Guid> Fresh { get; private set; } = new HashSet<Guid>();

    /// <summary>True for a row that belongs to the list no more.</summary>
    public bool IsGone(WorkItem item) => !proper.Contains(item.Object.Id);

    /// <summary>Takes another list: another group, page or search.</summary>
    public void Show(IReadOnlyList<WorkItem> items)
    {
        (Items, Fresh) = (items, new HashSet<Guid>());
        proper = [.. items.Select(i => i.Object.Id)];
    }

    /// <summary>Takes the same list as it is now.</summary>
    public void Renew(IReadOnlyList<WorkItem> items, bool held)
    {
        var known = Items.Select(i => i.Object.Id).ToHashSet();
        Fresh = items.Select(i => i.Object.Id).Where(id => !known.Contains(id)).ToHashSet();
        proper = [.. items.Select(i => i.Object.Id)];
        var newest = items.ToDictionary(i => i.Object.Id);
        Items = held ? [.. Items.Select(i => newest.GetValueOrDefault(i.Object.Id, i)), .. items.Where(i => !known.Contains(i.Object.Id))] : items;
    }

    /// <summary>The row of an object, or null.</summary>
    public WorkItem? Find(ObjectRef? about) => about is { } wanted ? Items.FirstOrDefault(i => i.Object == wanted) : null;

    /// <summary>The row that many places from an object among those still there; the nearest end beyond the list.</summary>
    public WorkItem? Step(ObjectRef? from, int by)
    {
        var there = Items.Where(i => !IsGone(i) || i.Object == from).ToList();
        if (there.Count == 0) return null;
        var at = there.FindIndex(i => i.Object == from);
        return there[at < 0 ? 0 : Math.Clamp(at + by, 0, there.Count - 1)];
    }

    /// <summary>What to open when the work at an object is done: the one behind it, else the one before it.</summary>
    public WorkItem? After(ObjectRef done)
    {
        var at = Items.ToList().FindIndex(i => i.Object == done);
        return Items.Skip(at + 1).FirstOrDefault(i => !IsGone(i)) ?? Items.Take(Math.Max(at, 0)).LastOrDefault(i => !IsGone(i));
    }
}
