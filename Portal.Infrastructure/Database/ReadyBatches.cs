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
        await using var items = source.GetAsyncEnumerator(ct);
        var next = items.MoveNextAsync().AsTask();
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
}
