using System.Runtime.InteropServices;
using Portal.Domain.Clients.Matching;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Counts the words of a base of any size in bounded memory: when there are too many different ones, those met once are forgotten. A rare word weighs the most either way.</summary>
internal sealed class TermCount
{
    private const int Most = 400_000;

    private readonly Dictionary<(MatchField Field, string Term), int> counts = [];
    private int parties;

    /// <summary>Counts the words of a party.</summary>
    public void Add(PartyForm party)
    {
        parties++;
        foreach (var term in TermFrequencies.TermsOf(party)) CollectionsMarshal.GetValueRefOrAddDefault(counts, term, out _)++;
        if (counts.Count <= Most) return;
        for (var rare = 1; counts.Count > Most / 2; rare++)
            foreach (var term in counts.Where(c => c.Value <= rare).Select(c => c.Key).ToList()) counts.Remove(term);
    }

    /// <summary>What was counted.</summary>
    public TermFrequencies Frequencies() => new(parties, counts.Select(c => (c.Key.Field, c.Key.Term, c.Value)));
}
