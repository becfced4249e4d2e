namespace Portal.Domain.Clients.Matching;

/// <summary>Evidence of what identifies a party nearly alone. Of several values on either side one common value is enough.</summary>
internal static class IdentifierComparison
{
    // What one typing error leaves of a value: fewer random pairs are that near than the error is rare.
    private const double AfterTypingError = 0.8;
    private const int LeastDigitsForError = 6;

    // Branches of one taxpayer are often kept as clients of their own.
    private const double OtherBranch = 0.8;

    /// <summary>Tax numbers: the same, one typing error apart where no check digit forbids it, or different.</summary>
    public static MatchReason OfTaxNumbers(TaxNumber[] a, TaxNumber[] b)
    {
        if (a.Length == 0 || b.Length == 0) return new(MatchField.TaxNumber, MatchAgreement.Unknown, 0);
        var best = 0.0;
        foreach (var one in a)
            foreach (var other in b) best = Math.Max(best, Similarity(one, other));
        return FieldComparison.BySimilarity(MatchField.TaxNumber, best, FieldWeights.TaxNumber);
    }

    /// <summary>Whether a number stands on both sides that no rule faults; where no rule is known, one too short for a number of its own does not count.</summary>
    public static bool AreOfOneTaxpayer(TaxNumber[] a, TaxNumber[] b)
    {
        foreach (var one in a)
            foreach (var other in b)
                if (one.IsSameAs(other) && !one.IsOtherBranchOf(other) && one.Fault is null && other.Fault is null && (one.IsChecked || other.IsChecked || one.Normal.Length >= LeastDigitsForError)) return true;
        return false;
    }

    /// <summary>Whether both have numbers of one country that check digits vouch for, and none in common, not even but for a typing error in one that none vouch for.</summary>
    public static bool AreOfTwoTaxpayers(TaxNumber[] a, TaxNumber[] b)
    {
        var apart = false;
        foreach (var one in a)
            foreach (var other in b)
            {
                if (Similarity(one, other) > 0) return false;
                apart |= one.IsChecked && other.IsChecked && one.Country == other.Country;
            }
        return apart;
    }

    /// <summary>Birth dates: the same, day and month exchanged, one digit mistyped, or different.</summary>
    public static MatchReason OfBirthDates(DateOnly? a, DateOnly? b) => (a, b) is ({ } one, { } other)
        ? FieldComparison.BySimilarity(MatchField.BirthDate, Similarity(one, other), FieldWeights.BirthDate)
        : new(MatchField.BirthDate, MatchAgreement.Unknown, 0);

    /// <summary>Phones: one in common or none.</summary>
    public static MatchReason OfPhones(PhoneNumber[] a, PhoneNumber[] b)
    {
        if (a.Length == 0 || b.Length == 0) return new(MatchField.Phone, MatchAgreement.Unknown, 0);
        var common = false;
        foreach (var one in a)
            foreach (var other in b) common |= one.IsSameAs(other);
        return FieldComparison.BySimilarity(MatchField.Phone, common ? 1 : 0, FieldWeights.Phone);
    }

    /// <summary>Mail addresses: one in common, one mistyped, or none.</summary>
    public static MatchReason OfMails(string[] a, string[] b)
    {
        if (a.Length == 0 || b.Length == 0) return new(MatchField.Mail, MatchAgreement.Unknown, 0);
        var best = 0.0;
        foreach (var one in a)
            foreach (var other in b) best = Math.Max(best, one == other ? 1 : EditDistance.IsOne(one, other) ? AfterTypingError : 0);
        return FieldComparison.BySimilarity(MatchField.Mail, best, FieldWeights.Mail);
    }

    private static double Similarity(TaxNumber a, TaxNumber b)
    {
        if (a.IsSameAs(b)) return a.IsOtherBranchOf(b) ? OtherBranch : 1;
        if (a.IsChecked && b.IsChecked || Math.Min(a.Normal.Length, b.Normal.Length) < LeastDigitsForError || Math.Abs(a.Normal.Length - b.Normal.Length) > 1) return 0;
        return EditDistance.IsOne(a.Normal, b.Normal) ? AfterTypingError : 0;
    }

    private static double Similarity(DateOnly a, DateOnly b)
    {
        if (a == b) return 1;
        if (a.Year == b.Year && a.Month == b.Day && a.Day == b.Month) return AfterTypingError;
        Span<char> digitsA = stackalloc char[8], digitsB = stackalloc char[8];
        a.TryFormat(digitsA, out _, "yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        b.TryFormat(digitsB, out _, "yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        return EditDistance.IsOne(digitsA, digitsB) ? AfterTypingError : 0;
    }
}
