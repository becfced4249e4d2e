using System.Runtime.InteropServices;

namespace Portal.Domain.Clients.Matching;

/// <summary>How often words of names, streets, towns and regions occur among the parties of a base: two called Kowalchenko-Drapey are likelier one than two called Ivanov.</summary>
public sealed class TermFrequencies
{
    /// <summary>The usual share of a term counts like so many parties, for a small base says little of shares.</summary>
    private const double PriorParties = 1000;

    private const double LeastBits = 1;
    private const double MoreThanUsual = 3;

    private readonly Dictionary<(MatchField Field, string Term), int> counts = [];
    private readonly int parties;

    /// <summary>Takes counts that were kept elsewhere.</summary>
    /// <param name="parties">Parties of the base.</param>
    /// <param name="counts">How many of them have a term, as <see cref="TermsOf"/> names it; rare ones may be missing.</param>
    public TermFrequencies(int parties, IEnumerable<(MatchField Field, string Term, int Count)> counts)
    {
        this.parties = parties;
        foreach (var (field, term, count) in counts) CollectionsMarshal.GetValueRefOrAddDefault(this.counts, (field, term), out _) += count;
    }

    /// <summary>Counts the terms of all parties of a base.</summary>
    public static TermFrequencies Of(IReadOnlyCollection<PartyForm> parties) =>
        new(parties.Count, parties.SelectMany(TermsOf).Select(term => (term.Field, term.Term, 1)));

    /// <summary>What is counted of a party: the sounds of the words of its names, and of its streets, premises, towns and regions.</summary>
    public static IEnumerable<(MatchField Field, string Term)> TermsOf(PartyForm party)
    {
        foreach (var name in party.Names)
            foreach (var word in name.Words) yield return (MatchField.Name, word.Sound);
        foreach (var address in party.Addresses)
        {
            if (!address.Street.IsEmpty) yield return (MatchField.Street, address.Street.Whole.Sound);
            if (!address.Premise.IsEmpty) yield return (MatchField.Premise, address.Premise.Whole.Sound);
            if (!address.City.IsEmpty) yield return (MatchField.City, address.City.Whole.Sound);
            if (!address.Region.IsEmpty) yield return (MatchField.Region, address.Region.Whole.Sound);
        }
    }

    /// <summary>Evidence of two equal or similar terms, bits: log₂(m/share), of the commoner of the two; the field's own without frequencies.</summary>
    internal static double Agreement(TermFrequencies? frequencies, MatchField field, NameWord a, NameWord b, FieldWeight weight)
    {
        if (frequencies is null) return weight.Agreement;
        var count = Math.Max(frequencies.CountOf(field, a), ReferenceEquals(a, b) ? 0 : frequencies.CountOf(field, b));
        var share = (count + weight.U * PriorParties) / (frequencies.parties + PriorParties);
        return Math.Clamp(Math.Log2(weight.M / share), LeastBits, weight.Agreement + MoreThanUsual);
    }

    private int CountOf(MatchField field, NameWord word) => counts.GetValueOrDefault((field, word.Sound));
}
