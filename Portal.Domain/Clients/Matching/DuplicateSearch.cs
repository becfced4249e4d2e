namespace Portal.Domain.Clients.Matching;

/// <summary>Two parties that are likely one; indexes into those searched.</summary>
public readonly record struct DuplicatePair(int A, int B, PartyComparison Comparison);

/// <summary>Finds duplicates among parties held in memory: counts words, sorts into blocks, compares the pairs of each.</summary>
public sealed class DuplicateSearch
{
    private const int PairsOfPortion = 100_000;

    private readonly IReadOnlyList<PartyForm> parties;
    private readonly PartyMatcher matcher;

    /// <summary>Prepares the search.</summary>
    /// <param name="frequencies">how often words occur; null counts those of the parties</param>
    public DuplicateSearch(IReadOnlyList<PartyForm> parties, TermFrequencies? frequencies = null)
    {
        this.parties = parties;
        matcher = new PartyMatcher(frequencies ?? TermFrequencies.Of(parties));
        Candidates = new CandidatePairs([.. parties.AsParallel().AsOrdered().Select(party => party.BlockingKeys)]);
    }

    /// <summary>What is compared, and what was left out.</summary>
    public CandidatePairs Candidates { get; }

    /// <summary>Pairs of at least this score, before transitive closure.</summary>
    public IEnumerable<DuplicatePair> Find(double threshold = PartyMatcher.DefaultThreshold) => FindByPortions(threshold).SelectMany(found => found);

    /// <summary>As <see cref="Find"/>, a portion of what is compared after the other; many of them hold no pair.</summary>
    public IEnumerable<IReadOnlyList<DuplicatePair>> FindByPortions(double threshold)
    {
        foreach (var portion in Candidates.All().Chunk(PairsOfPortion))
            yield return [.. portion.AsParallel().AsOrdered().Select(pair => (pair.A, pair.B, Comparison: matcher.Compare(parties[pair.A], parties[pair.B], threshold)))
                .Where(pair => pair.Comparison is not null).Select(pair => new DuplicatePair(pair.A, pair.B, pair.Comparison!.Value))];
    }
}
