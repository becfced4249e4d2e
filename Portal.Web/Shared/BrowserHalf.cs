using Microsoft.JSInterop;

namespace Portal.Web.Shared;

/// <summary>The end of what a component has in the browser.</summary>
public static class BrowserHalf
{
    /// <summary>
    /// Calls what ends it, where it must be told, and lets go of it. A browser that is gone has taken its half with it: its connection is
    /// closed, or a call that was under way when it went is given up.
    /// </summary>
    public static async ValueTask EndAsync(this IJSObjectReference? half, string? ending = null, params object?[] arguments)
    {
        if (half is null) return;
        try
        {
            if (ending is not null) await half.InvokeVoidAsync(ending, arguments);
            await half.DisposeAsync();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // nobody is there to tell
        }
    }
}
