using Portal.Domain.Clients.Matching;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>
/// Sorts parties into blocks as their keys come, ascending, without holding more than a batch: the law of <see cref="CandidatePairs"/>
/// for a base that does not fit into memory.
/// </summary>
/// <param name="common">keys of blocks that are left out because they hold too many</param>
internal sealed class KeyBlocks(IAsyncEnumerable<(long Key, int Party)> entries, IReadOnlySet<long> common)
{
    /// <summary>Members of the blocks that are compared together.</summary>
    private const int BatchMembers = 4000;

    /// <summary>Entries read so far.</summary>
    public long Read { get; private set; }

    /// <summary>Blocks of at least two parties, in batches.</summary>
    public async IAsyncEnumerable<List<(long Key, int[] Parties)>> BatchesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var (batch, members, block, at) = (new List<(long, int[])>(), 0, new List<int>(), 0L);
        await foreach (var (key, party) in entries.WithCancellation(ct))
        {
            Read++;
            if (key != at)
            {
                Close();
                at = key;
                if (members >= BatchMembers)
                {
                    yield return batch;
                    (batch, members) = ([], 0);
                }
            }
            block.Add(party);
        }
        Close();
        if (batch.Count > 0) yield return batch;

        void Close()
        {
            if (block.Count > 1 && !common.Contains(at))
            {
                batch.Add((at, [.. block]));
                members += block.Count;
            }
            block.Clear();
        }
    }

    /// <summary>The pairs of a block that no block of a smaller key has: each pair of the base comes once.</summary>
    public static IEnumerable<(int A, int B)> Pairs((long Key, int[] Parties) block, PartyScratch parties, IReadOnlySet<long> common)
    {
        var keys = Array.ConvertAll(block.Parties, parties.KeysOf);
        for (var i = 0; i < keys.Length; i++)
            for (var j = i + 1; j < keys.Length; j++)
                if (FirstShared(keys[i], keys[j], common) == block.Key) yield return (block.Parties[i], block.Parties[j]);
    }

    private static long? FirstShared(long[] a, long[] b, IReadOnlySet<long> common)
    {
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] < b[j]) i++;
            else if (a[i] > b[j]) j++;
            else if (common.Contains(a[i])) (i, j) = (i + 1, j + 1);
            else return a[i];
        }
        return null;
    }
}
