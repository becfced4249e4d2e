using Microsoft.Playwright;

namespace Portal.Tests.Support;

/// <summary>The live line of a page, which can be held: what the server says then waits, as over a line that is slow, until it is let go.</summary>
public sealed class HeldLine : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<Action> waiting = new();
    private readonly IPage page;
    private bool held;

    private HeldLine(IPage page) => this.page = page;

    /// <summary>Stands between the page and the server from the page's next load on.</summary>
    public static async Task<HeldLine> BeforeAsync(IPage page)
    {
        var line = new HeldLine(page);
        await page.RouteWebSocketAsync(url => url.Contains("/_blazor", StringComparison.Ordinal), line.Carry);
        return line;
    }

    /// <summary>From now on the page hears nothing.</summary>
    public void Hold()
    {
        lock (gate) held = true;
    }

    /// <summary>The page hears what it missed, in order, once it has sent all that it has to say by itself.</summary>
    public async Task LetGoAsync()
    {
        // what was pressed before is handled by then
        await page.EvaluateAsync("() => new Promise(requestAnimationFrame)");
        lock (gate)
        {
            held = false;
            while (waiting.TryDequeue(out var say)) say();
        }
    }

    /// <summary>Lets go of a line still held.</summary>
    public ValueTask DisposeAsync() => held ? new(LetGoAsync()) : ValueTask.CompletedTask;

    private void Carry(IWebSocketRoute near)
    {
        var far = near.ConnectToServer();
        far.OnMessage(frame =>
        {
            lock (gate)
                if (held) waiting.Enqueue(() => Say(near, frame));
                else Say(near, frame);
        });
    }

    private static void Say(IWebSocketRoute to, IWebSocketFrame frame)
    {
        if (frame.Binary is { } bytes) to.Send(bytes);
        else to.Send(frame.Text!);
    }
}
