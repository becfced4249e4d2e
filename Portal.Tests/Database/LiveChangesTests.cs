using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Tests.Database;

public sealed class LiveChangesTests
{
    private readonly LiveChanges live = new();

    [Fact]
    public async Task Dispose_WhileTheNextChangeIsAwaited_EndsTheWait()
    {
        var changes = live.Watch(_ => true, default).GetAsyncEnumerator();
        var next = changes.MoveNextAsync().AsTask();

        await changes.DisposeAsync();

        Assert.False(await next);
    }

    [Fact]
    public async Task Batches_LeftWhileMoreIsAwaited_EndQuietly()
    {
        var news = live.Watch(_ => true, default);
        live.Publish([Change(), Change()]);

        var batches = new List<int>();
        await foreach (var batch in news.InReadyBatches(10))
        {
            batches.Add(batch.Count);
            break;
        }

        Assert.Equal([2], batches);
    }

    [Fact]
    public async Task Watch_UnderEitherToken_EndsWhenOneIsCancelled()
    {
        using var watching = new CancellationTokenSource();
        using var reading = new CancellationTokenSource();
        await using var first = live.Watch(_ => true, watching.Token).GetAsyncEnumerator();
        await using var second = live.Watch(_ => true, default).GetAsyncEnumerator(reading.Token);
        var waits = new[] { first.MoveNextAsync().AsTask(), second.MoveNextAsync().AsTask() };

        await watching.CancelAsync();
        await reading.CancelAsync();

        Assert.All(await Task.WhenAll(waits), Assert.False);
    }

    [Fact]
    public async Task Watcher_ThatFellBehind_ReadsEverythingAnewAndThenWhatItsQueueHeld()
    {
        await using var changes = live.Watch(_ => true, default).GetAsyncEnumerator();
        live.Publish([.. Enumerable.Range(0, 3_000).Select(_ => Change())]);

        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(LiveChange.Resync, changes.Current);
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(ObjectKind.Trip, changes.Current.Object.Kind);
    }

    [Fact]
    public async Task Resync_IsToldToWhoeverListens_ForWhateverHeDoes()
    {
        await using var changes = live.Watch(change => change.Object.Kind == ObjectKind.Lead, default).GetAsyncEnumerator();

        live.Publish([Change()]);
        live.Resync();

        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(LiveChange.Resync, changes.Current);
    }

    private static LiveChange Change() => new(new(ObjectKind.Trip, Guid.NewGuid()), null, Guid.Empty, "");
}
