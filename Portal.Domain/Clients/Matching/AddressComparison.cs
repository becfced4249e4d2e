namespace Portal.Domain.Clients.Matching;

/// <summary>Evidence of two addresses, part by part.</summary>
internal static class AddressComparison
{
    // One building may be known by two letters or corners of two streets; a neighbour's number is another house.
    private const double SameNumberOtherLetter = 0.8;
    private const double OtherKindOfStreet = 0.85;
    private const double PostcodeMistyped = 0.85;

    /// <summary>The fields that are parts of an address.</summary>
    public static readonly MatchField[] Parts = [MatchField.Street, MatchField.House, MatchField.Premise, MatchField.City, MatchField.Postcode, MatchField.Region];

    /// <summary>A comparison of which only the address is filled in. In another country it is another town, whatever it is called.</summary>
    public static PartyComparison Of(AddressForm a, AddressForm b, TermFrequencies? frequencies)
    {
        var comparison = new PartyComparison();
        if (a.Country is { } one && b.Country is { } other && one != other)
        {
            comparison[MatchField.City] = new(MatchField.City, MatchAgreement.Different, FieldWeights.City.Disagreement);
            return comparison;
        }
        AddStreetAndPremise(ref comparison, a, b, frequencies);
        comparison[MatchField.House] = House(a.House, b.House);
        comparison[MatchField.City] = FieldComparison.OfNames(MatchField.City, a.City, b.City, FieldWeights.City, frequencies);
        comparison[MatchField.Postcode] = Postcode(a.Postcode, b.Postcode);
        comparison[MatchField.Region] = FieldComparison.OfNames(MatchField.Region, a.Region, b.Region, FieldWeights.Region, frequencies);
        return comparison;
    }

    /// <summary>Street and premise, also when one record has them in each other's place.</summary>
    private static void AddStreetAndPremise(ref PartyComparison comparison, AddressForm a, AddressForm b, TermFrequencies? frequencies)
    {
        var street = Street(a, b, frequencies);
        var premise = FieldComparison.OfNames(MatchField.Premise, a.Premise, b.Premise, FieldWeights.Premise, frequencies);
        if (street.Agreement is MatchAgreement.Unknown or MatchAgreement.Different)
        {
            var crossed = Math.Max(Crossed(a, b), Crossed(b, a));
            if (crossed >= NameSimilarity.SameName)
            {
                street = FieldComparison.BySimilarity(MatchField.Street, Math.Min(crossed, NameSimilarity.SoundsAlike), FieldWeights.Street);
                premise = new(MatchField.Premise, MatchAgreement.Unknown, 0);
            }
        }
        comparison[MatchField.Street] = street;
        comparison[MatchField.Premise] = premise;
    }

    private static MatchReason Street(AddressForm a, AddressForm b, TermFrequencies? frequencies)
    {
        if (a.Street.IsEmpty || b.Street.IsEmpty) return new(MatchField.Street, MatchAgreement.Unknown, 0);
        var similarity = NameSimilarity.Of(a.Street, b.Street);
        if (a.StreetKind is { } kind && b.StreetKind is { } other && kind != other) similarity *= OtherKindOfStreet;
        if (similarity < 1) similarity = Math.Max(similarity, NameSimilarity.Of(a.StreetWithKind, b.StreetWithKind));
        return FieldComparison.OfNames(MatchField.Street, similarity, a.Street, b.Street, FieldWeights.Street, frequencies);
    }

    private static double Crossed(AddressForm street, AddressForm premise) =>
        street.Street.IsEmpty || premise.Premise.IsEmpty ? 0 : NameSimilarity.Of(street.StreetWithKind, premise.Premise.Whole);

    private static MatchReason House(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0) return new(MatchField.House, MatchAgreement.Unknown, 0);
        var similarity = a == b ? 1 : Number(a).SequenceEqual(Number(b)) || (Math.Min(a.Length, b.Length) > 1 && EditDistance.IsOne(a, b)) ? SameNumberOtherLetter : 0;
        return FieldComparison.BySimilarity(MatchField.House, similarity, FieldWeights.House);
    }

    private static MatchReason Postcode(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0) return new(MatchField.Postcode, MatchAgreement.Unknown, 0);
        return FieldComparison.BySimilarity(MatchField.Postcode, a == b ? 1 : EditDistance.IsOne(a, b) ? PostcodeMistyped : 0, FieldWeights.Postcode);
    }

    private static ReadOnlySpan<char> Number(string house)
    {
        var end = 0;
        while (end < house.Length && char.IsAsciiDigit(house[end])) end++;
        return house.AsSpan(0, end);
    }
}
