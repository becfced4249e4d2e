namespace Portal.Web.Shared;

/// <summary>
/// What a box has told its page and was not given back yet. Over a slow line a page gives a box its own earlier word again while somebody types on in it:
/// that is an echo, and no other value to be shown.
/// </summary>
internal sealed class OwnEchoes<T>
{
    private const int Most = 50;
    private readonly List<T> told = [];
    private T? given;

    /// <summary>Keeps what the box tells its page.</summary>
    public void Tell(T value)
    {
        if (told.Count == Most) told.RemoveAt(0);
        told.Add(value);
    }

    /// <summary>Whether the page gives an echo: one of the box's own words, or what it gave before it has heard them.</summary>
    public bool IsOne(T value)
    {
        var (same, at) = (EqualityComparer<T>.Default.Equals(value, given), told.IndexOf(value));
        given = value;
        if (at < 0) return same && told.Count > 0 || Forget();
        told.RemoveRange(0, at + 1);
        return true;
    }

    // a word of the page's own: whatever it was told, it has thought better of it
    private bool Forget()
    {
        told.Clear();
        return false;
    }
}
