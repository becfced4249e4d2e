namespace Portal.Domain.Clients.Matching;

/// <summary>Pairs worth comparing, and what was left out to keep their number near-linear.</summary>
public sealed class CandidatePairs
{
    /// <summary>A block of more parties says little of each: its key is a common value, and other keys find its duplicates.</summary>
    public const int MostInBlock = 60;

    private readonly IReadOnlyList<long[]> keys;
    private readonly (long Key, int Party)[] entries;
    private readonly HashSet<long> oversized = [];
    private readonly int mostInBlock;
    private int reached;

    /// <summary>Sorts the parties into blocks.</summary>
    /// <param name="keys">The <see cref="BlockingKeys"/> of each party; the parties themselves need not be in memory.</param>
    /// <param name="mostInBlock">Blocks of more parties are skipped, and counted.</param>
    public CandidatePairs(IReadOnlyList<long[]> keys, int mostInBlock = MostInBlock)
    {
        this.keys = keys;
        this.mostInBlock = mostInBlock;
        entries = new (long, int)[keys.Sum(own => own.Length)];
        var count = 0;
        for (var party = 0; party < keys.Count; party++)
            foreach (var key in keys[party]) entries[count++] = (key, party);
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

    /// <summary>How much of the blocks has been gone through, 0…1.</summary>
    public double Done => entries.Length == 0 ? 1 : (double)reached / entries.Length;

    /// <summary>Each pair once, in the block of the smallest key that both share; the numbers of the parties, the smaller first.</summary>
    public IEnumerable<(int A, int B)> All()
    {
        foreach (var (start, length) in Blocks())
        {
            reached = start;
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
        long[] keysA = keys[a], keysB = keys[b];
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
