using System.Runtime.InteropServices;

namespace Portal.Domain.Clients.Matching;

/// <summary>How often words of names, streets, towns and regions occur among the parties of a base: two called Kowalchenko-Drapey are likelier one than two called Ivanov.</summary>
public sealed class TermFrequencies
{
    /// <summary>The usual share of a term counts like so many parties, for a small base says little of shares.</summary>
    private const double PriorParties = 1000;

    private const double LeastBits = 1;
    private const double MoreThanUsual = 3;

    private readonly Dictionary<(MatchField Field, string Sound), int> counts = [];
    private int parties;

    /// <summary>Counts the terms of all parties of a base.</summary>
    public static TermFrequencies Of(IEnumerable<PartyForm> parties)
    {
        var frequencies = new TermFrequencies();
        foreach (var party in parties) frequencies.Add(party);
        return frequencies;
    }

    private void Add(PartyForm party)
    {
        parties++;
        foreach (var name in party.Names)
            foreach (var word in name.Words) Count(MatchField.Name, word);
        foreach (var address in party.Addresses)
        {
            if (!address.Street.IsEmpty) Count(MatchField.Street, address.Street.Whole);
            if (!address.Premise.IsEmpty) Count(MatchField.Premise, address.Premise.Whole);
            if (!address.City.IsEmpty) Count(MatchField.City, address.City.Whole);
            if (!address.Region.IsEmpty) Count(MatchField.Region, address.Region.Whole);
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

    private void Count(MatchField field, NameWord word) => CollectionsMarshal.GetValueRefOrAddDefault(counts, (field, word.Sound), out _)++;
}
