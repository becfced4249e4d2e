namespace Portal.Domain.Clients.Matching;

/// <summary>Two parties that are likely one; indexes into those searched.</summary>
public readonly record struct DuplicatePair(int A, int B, PartyComparison Comparison);

/// <summary>Finds duplicates among parties held in memory: counts words, sorts into blocks, compares the pairs of each.</summary>
public sealed class DuplicateSearch
{
    private readonly IReadOnlyList<PartyForm> parties;
    private readonly PartyMatcher matcher;

    /// <summary>Prepares the search.</summary>
    /// <param name="frequencies">how often words occur; null counts those of the parties</param>
    public DuplicateSearch(IReadOnlyList<PartyForm> parties, TermFrequencies? frequencies = null)
    {
        this.parties = parties;
        matcher = new PartyMatcher(frequencies ?? TermFrequencies.Of(parties));
        Candidates = new CandidatePairs([.. parties.Select(party => party.BlockingKeys)]);
    }

    /// <summary>What is compared, and what was left out.</summary>
    public CandidatePairs Candidates { get; }

    /// <summary>Pairs compared so far.</summary>
    public long Compared { get; private set; }

    /// <summary>Pairs of at least this score, before transitive closure.</summary>
    public IEnumerable<DuplicatePair> Find(double threshold = PartyMatcher.DefaultThreshold)
    {
        foreach (var (a, b) in Candidates.All())
        {
            Compared++;
            var comparison = matcher.Compare(parties[a], parties[b]);
            if (comparison.Score >= threshold) yield return new(a, b, comparison);
        }
    }
}
