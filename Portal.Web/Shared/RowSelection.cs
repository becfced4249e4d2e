namespace Portal.Web.Shared;

/// <summary>Rows chosen in a list for a bulk action; a press with Shift chooses the range since the last press.</summary>
public sealed class RowSelection
{
    private readonly HashSet<Guid> chosen = [];
    private Guid? anchor;

    /// <summary>The chosen rows.</summary>
    public IReadOnlyCollection<Guid> Chosen => chosen;

    /// <summary>True when the row is chosen.</summary>
    public bool Has(Guid id) => chosen.Contains(id);

    /// <summary>Presses a row's box; <paramref name="shown"/> are the rows on the page, in order.</summary>
    public void Press(Guid id, bool range, IReadOnlyList<Guid> shown)
    {
        var choose = !chosen.Contains(id);
        var (from, to) = (anchor is { } last && range ? shown.ToList().IndexOf(last) : -1, shown.ToList().IndexOf(id));
        if (from < 0) from = to;
        for (var i = Math.Min(from, to); i >= 0 && i <= Math.Max(from, to); i++)
            if (choose) chosen.Add(shown[i]);
            else chosen.Remove(shown[i]);
        anchor = id;
    }

    /// <summary>Chooses all shown rows, or none when all are chosen already.</summary>
    public void PressAll(IReadOnlyList<Guid> shown)
    {
        if (shown.All(chosen.Contains)) chosen.Clear();
        else chosen.UnionWith(shown);
    }

    /// <summary>Chooses rows no longer, whether they are still on the page or not.</summary>
    public void Drop(IEnumerable<Guid> ids) => chosen.ExceptWith(ids);

    /// <summary>Chooses nothing.</summary>
    public void Clear()
    {
        chosen.Clear();
        anchor = null;
    }
}
