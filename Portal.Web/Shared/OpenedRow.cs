namespace Portal.Web.Shared;

/// <summary>
/// The row of a list that is opened in the form beside it. The form is filled from what is known at once: filled only by the answer, it would lose what is typed
/// until then. What is typed stays until another row is opened.
/// </summary>
/// <param name="idOf">What a row is named by in the page's address.</param>
public sealed class OpenedRow<T>(Func<T, Guid> idOf) where T : class
{
    private Guid? filled;

    /// <summary>The row; null for a new one, and while the list is not read or does not hold it.</summary>
    public T? Row { get; private set; }

    /// <summary>Looks for what is opened; true when the form is to be filled from <see cref="Row"/>.</summary>
    /// <param name="opened">Id in the address; null for none, empty for a new one.</param>
    /// <param name="rows">The list; null until it is read.</param>
    public bool IsToFill(Guid? opened, IEnumerable<T>? rows)
    {
        Row = rows?.FirstOrDefault(row => idOf(row) == opened);
        if (rows is null || filled == opened || opened is { } id && id != Guid.Empty && Row is null) return false;
        filled = opened;
        return true;
    }

    /// <summary>The form was saved: it is filled again from what is read next.</summary>
    public void Saved() => filled = null;
}
