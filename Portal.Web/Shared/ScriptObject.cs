using Microsoft.JSInterop;

namespace Portal.Web.Shared;

/// <summary>
/// The browser's half of a component: what its script module makes on <c>open</c>, and ends on <c>dispose</c>.
/// Where the browser or the page is gone nobody looks any more, and what would be said to it is dropped.
/// </summary>
public sealed class ScriptObject : IAsyncDisposable
{
    private readonly PageLife closing = new();
    private IJSObjectReference? module, opened;
    private IDisposable? component;

    /// <summary>Cancelled when the component is left.</summary>
    public CancellationToken Closing => closing.Token;

    /// <summary>True once the browser's half is there.</summary>
    public bool IsOpen => opened is not null;

    /// <summary>Loads the module and lets it open its half; false where the page was left meanwhile.</summary>
    /// <param name="self">the component, whose methods the module may call</param>
    /// <param name="arguments">what the module's <c>open</c> gets, made of the reference to the component</param>
    public async Task<bool> OpenAsync<T>(IJSRuntime js, string path, T self, Func<DotNetObjectReference<T>, object?[]> arguments) where T : class
    {
        try
        {
            module = await js.InvokeAsync<IJSObjectReference>("import", Closing, path);
            var reference = DotNetObjectReference.Create(self);
            component = reference;
            opened = await module.InvokeAsync<IJSObjectReference>("open", Closing, arguments(reference));
            return true;
        }
        catch (Exception gone) when (IsOver(gone))
        {
            return false;
        }
    }

    /// <summary>Calls a method of the browser's half; nothing happens before it is open and after the page was left.</summary>
    public async Task CallAsync(string method, params object?[] arguments)
    {
        if (opened is null) return;
        try
        {
            await opened.InvokeVoidAsync(method, Closing, arguments);
        }
        catch (Exception gone) when (IsOver(gone))
        {
            // nobody is looking any more
        }
    }

    /// <summary>Asks the browser's half, which must be open.</summary>
    /// <exception cref="JSDisconnectedException">The browser is gone.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time, or the page was left.</exception>
    public ValueTask<TAnswer> AskAsync<TAnswer>(string method, CancellationToken ct, params object?[] arguments) => opened!.InvokeAsync<TAnswer>(method, ct, arguments);

    /// <summary>Ends what still runs on behalf of the browser's half, which stays until <see cref="DisposeAsync"/>.</summary>
    public void Leave() => closing.Dispose();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        closing.Dispose();
        await opened.EndAsync("dispose");
        await module.EndAsync();
        component?.Dispose();
        closing.Dispose();
    }

    private bool IsOver(Exception failure) => failure is JSDisconnectedException || closing.IsOver;
}
