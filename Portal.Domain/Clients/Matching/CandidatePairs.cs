namespace Portal.Domain.Clients.Matching;

/// <summary>Pairs worth comparing, and what was left out to keep their number near-linear.</summary>
public sealed class CandidatePairs
{
    /// <summary>A block of more parties says little of each: its key is a common value, and other keys find its duplicates.</summary>
    public const int MostInBlock = 200;

    private readonly IReadOnlyList<PartyForm> parties;
    private readonly (long Key, int Party)[] entries;
    private readonly HashSet<long> oversized = [];
    private readonly int mostInBlock;

    /// <summary>Sorts the parties into blocks.</summary>
    /// <param name="mostInBlock">Blocks of more parties are skipped, and counted.</param>
    public CandidatePairs(IReadOnlyList<PartyForm> parties, int mostInBlock = MostInBlock)
    {
        this.parties = parties;
        this.mostInBlock = mostInBlock;
        entries = [.. parties.SelectMany((party, at) => party.BlockingKeys.Select(key => (key, at)))];
        Array.Sort(entries);
        foreach (var (start, length) in Blocks())
        {
            if (length <= mostInBlock) continue;
            oversized.Add(entries[start].Key);
            SkippedPairs += (long)length * (length - 1) / 2;
        }
    }

    /// <summary>Blocks that were skipped because they hold too many.</summary>
    public int SkippedBlocks => oversized.Count;

    /// <summary>Pairs of skipped blocks, each block for itself; many of them share another block.</summary>
    public long SkippedPairs { get; }

    /// <summary>Skipped blocks by pass, for whoever wonders where a base is too uniform.</summary>
    public IReadOnlyDictionary<BlockingPass, int> SkippedByPass => oversized.GroupBy(BlockingKeys.PassOf).ToDictionary(pass => pass.Key, pass => pass.Count());

    /// <summary>Each pair once, in the block of the smallest key that both share; indexes into the parties, the smaller first.</summary>
    public IEnumerable<(int A, int B)> All()
    {
        foreach (var (start, length) in Blocks())
        {
            if (length > mostInBlock) continue;
            for (var i = start; i < start + length; i++)
                for (var j = i + 1; j < start + length; j++)
                    if (FirstShared(entries[i].Party, entries[j].Party) == entries[i].Key) yield return (entries[i].Party, entries[j].Party);
        }
    }

    private IEnumerable<(int Start, int Length)> Blocks()
    {
        for (var start = 0; start < entries.Length;)
        {
            var end = start + 1;
            while (end < entries.Length && entries[end].Key == entries[start].Key) end++;
            yield return (start, end - start);
            start = end;
        }
    }

    private long? FirstShared(int a, int b)
    {
        ReadOnlySpan<long> keysA = parties[a].BlockingKeys, keysB = parties[b].BlockingKeys;
        for (int i = 0, j = 0; i < keysA.Length && j < keysB.Length;)
        {
            if (keysA[i] < keysB[j]) i++;
            else if (keysA[i] > keysB[j]) j++;
            else if (oversized.Contains(keysA[i])) (i, j) = (i + 1, j + 1);
            else return keysA[i];
        }
        return null;
    }
}
