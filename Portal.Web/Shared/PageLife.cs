using System.Threading.Channels;

namespace Portal.Web.Shared;

/// <summary>
/// How long a component is looked at. What it began may go on for a moment after it was left and ask for the token again,
/// which therefore stays good: it is cancelled, and nothing more.
/// </summary>
public sealed class PageLife : IDisposable
{
    // what is read for long is read seldom: a page spends no more than a fifth of its time on it
    private const int RestsPerReading = 4;

    private readonly CancellationTokenSource left = new();

    /// <summary>Begins with the component.</summary>
    public PageLife() => Token = left.Token;

    /// <summary>Cancelled when the component is left.</summary>
    public CancellationToken Token { get; }

    /// <summary>True once the component was left.</summary>
    public bool IsOver => Token.IsCancellationRequested;

    /// <summary>Hears news until the component is left; a failure is the component's own.</summary>
    /// <param name="failed">how the component fails: its <c>DispatchExceptionAsync</c></param>
    public Task HearAsync<T>(IAsyncEnumerable<T> news, Func<T, Task> heard, Func<Exception, Task> failed) => UntilLeftAsync(async () =>
    {
        await foreach (var one in news) await heard(one);
    }, failed);

    /// <summary>Hears that something is new until the component is left; what comes within a while is heard once.</summary>
    /// <param name="atMost">the least time between two times of hearing; it is longer after a hearing that took long</param>
    public Task HearAsync<T>(IAsyncEnumerable<T> news, TimeSpan atMost, TimeProvider clock, Func<Task> heard, Func<Exception, Task> failed)
    {
        var bell = Bell();
        return Task.WhenAll(RingAsync(bell, news, failed), AnswerAsync(bell, atMost, clock, heard, failed));
    }

    /// <summary>Like the hearing of one kind of news; what both tell within a while is heard once.</summary>
    /// <param name="atMost">the least time between two times of hearing; it is longer after a hearing that took long</param>
    public Task HearAsync<TNews, TMore>(IAsyncEnumerable<TNews> news, IAsyncEnumerable<TMore> more, TimeSpan atMost, TimeProvider clock, Func<Task> heard, Func<Exception, Task> failed)
    {
        var bell = Bell();
        return Task.WhenAll(RingAsync(bell, news, failed), RingAsync(bell, more, failed), AnswerAsync(bell, atMost, clock, heard, failed));
    }

    private static Channel<bool> Bell() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private Task RingAsync<T>(Channel<bool> bell, IAsyncEnumerable<T> news, Func<Exception, Task> failed) => HearAsync(news, _ =>
    {
        bell.Writer.TryWrite(true);
        return Task.CompletedTask;
    }, failed);

    private Task AnswerAsync(Channel<bool> bell, TimeSpan atMost, TimeProvider clock, Func<Task> heard, Func<Exception, Task> failed) => HearAsync(bell.Reader.ReadAllAsync(Token), async _ =>
    {
        var begun = clock.GetTimestamp();
        await heard();
        var rest = clock.GetElapsedTime(begun) * RestsPerReading;
        await Task.Delay(rest > atMost ? rest : atMost, clock, Token);
    }, failed);

    /// <summary>Works beside the component's drawing until it is left; a failure is the component's own.</summary>
    /// <param name="failed">how the component fails: its <c>DispatchExceptionAsync</c></param>
    public async Task UntilLeftAsync(Func<Task> work, Func<Exception, Task> failed)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (IsOver)
        {
            // it was left while it worked
        }
        catch (Exception failure)
        {
            await failed(failure);
        }
    }

    /// <summary>The component is left. Calling it again changes nothing.</summary>
    public void Dispose()
    {
        if (IsOver) return;
        left.Cancel();
        left.Dispose();
    }
}
