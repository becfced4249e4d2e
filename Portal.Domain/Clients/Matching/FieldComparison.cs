namespace Portal.Domain.Clients.Matching;

/// <summary>Evidence of one field by the similarity of its values.</summary>
internal static class FieldComparison
{
    /// <summary>Evidence of a similarity 0…1.</summary>
    /// <param name="agreement">Evidence of full agreement where it depends on the value, bits; else the field's own.</param>
    public static MatchReason BySimilarity(MatchField field, double similarity, FieldWeight weight, double? agreement = null)
    {
        var bits = weight.At(similarity, agreement ?? weight.Agreement);
        return new(field, similarity >= 1 ? MatchAgreement.Same : bits > 0 ? MatchAgreement.Similar : MatchAgreement.Different, bits);
    }

    /// <summary>Evidence of two names of a place; none when one is not known.</summary>
    public static MatchReason OfNames(MatchField field, NameForm a, NameForm b, FieldWeight weight, TermFrequencies? frequencies) =>
        a.IsEmpty || b.IsEmpty ? new(field, MatchAgreement.Unknown, 0) : OfNames(field, NameSimilarity.Of(a, b), a, b, weight, frequencies);

    /// <summary>Evidence of two names that are so similar.</summary>
    public static MatchReason OfNames(MatchField field, double similarity, NameForm a, NameForm b, FieldWeight weight, TermFrequencies? frequencies) =>
        BySimilarity(field, similarity, weight, similarity > FieldWeight.NoEvidence ? TermFrequencies.Agreement(frequencies, field, a.Whole, b.Whole, weight) : null);
}
