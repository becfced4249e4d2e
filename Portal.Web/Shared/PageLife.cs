namespace Portal.Web.Shared;

/// <summary>
/// How long a component is looked at. What it began may go on for a moment after it was left and ask for the token again,
/// which therefore stays good: it is cancelled, and nothing more.
/// </summary>
public sealed class PageLife : IDisposable
{
    private readonly CancellationTokenSource left = new();

    /// <summary>Begins with the component.</summary>
    public PageLife() => Token = left.Token;

    /// <summary>Cancelled when the component is left.</summary>
    public CancellationToken Token { get; }

    /// <summary>True once the component was left.</summary>
    public bool IsOver => Token.IsCancellationRequested;

    /// <summary>The component is left. Calling it again changes nothing.</summary>
    public void Dispose()
    {
        if (IsOver) return;
        left.Cancel();
        left.Dispose();
    }
}
