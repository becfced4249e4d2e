using System.Runtime.CompilerServices;

namespace Portal.Infrastructure.Database;

/// <summary>Reading a live stream in the batches in which it comes.</summary>
public static class ReadyBatches
{
    /// <summary>
    /// Whatever is ready at once, as one batch of at most <paramref name="most"/> items: a single item is not held back,
    /// and a burst costs its reader one round.
    /// </summary>
    public static async IAsyncEnumerable<IReadOnlyList<T>> InReadyBatches<T>(this IAsyncEnumerable<T> source, int most, [EnumeratorCancellation] CancellationToken ct = default)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var items = source.GetAsyncEnumerator(leaving.Token);
        var next = items.MoveNextAsync().AsTask();
        try
        {
            while (await next)
            {
                var batch = new List<T> { items.Current };
                next = items.MoveNextAsync().AsTask();
                while (batch.Count < most && next.IsCompletedSuccessfully && next.Result)
                {
                    batch.Add(items.Current);
                    next = items.MoveNextAsync().AsTask();
                }
                yield return batch;
            }
        }
        finally
        {
            // a stream that is still asked for its next item cannot be disposed
            await leaving.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
