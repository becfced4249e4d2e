namespace Portal.Domain.Clients.Matching;

/// <summary>Evidence of two names, word by word.</summary>
internal static class NameComparison
{
    /// <summary>Compares two names that are not empty.</summary>
    public static MatchReason Of(NameForm a, NameForm b, TermFrequencies? frequencies)
    {
        var weight = FieldWeights.NameWord;
        var alignment = new WordAlignment(a, b);
        double bits = 0;
        for (var i = 0; i < alignment.Count; i++)
        {
            var (wordA, wordB, similarity) = alignment[i];
            bits += similarity <= FieldWeight.NoEvidence
                ? weight.Disagreement
                : weight.At(similarity, TermFrequencies.Agreement(frequencies, MatchField.Name, a.Words[wordA], b.Words[wordB], weight));
        }
        int aloneA = a.Words.Count - alignment.Count, aloneB = b.Words.Count - alignment.Count;
        bits += Math.Min(aloneA, aloneB) * weight.Disagreement + Math.Abs(aloneA - aloneB) * FieldWeights.WordLeftOver;

        // A space too many or too few, or elsewhere: the words do not fit, the whole does.
        if (a.Words.Count != b.Words.Count || aloneA > 0 && a.Whole.Sound == b.Whole.Sound)
            bits = Math.Max(bits, Math.Min(a.Words.Count, b.Words.Count) * weight.At(NameSimilarity.Of(a.Whole, b.Whole), weight.Agreement));
        bits = Math.Clamp(bits, FieldWeights.LeastOfName, FieldWeights.MostOfName);

        var agreement = a.Text == b.Text ? MatchAgreement.Same : bits > 0 ? MatchAgreement.Similar : MatchAgreement.Different;
        return new(MatchField.Name, agreement, bits);
    }
}
