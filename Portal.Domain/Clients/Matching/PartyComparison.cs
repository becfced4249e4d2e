using System.Runtime.CompilerServices;

namespace Portal.Domain.Clients.Matching;

/// <summary>The comparison vector of two parties: for every field how it agrees and what evidence that is.</summary>
public struct PartyComparison
{
    private static readonly int FieldCount = Enum.GetValues<MatchField>().Length;
    private Fields fields;

    /// <summary>Whether both have a tax number in common that its country's rules do not fault.</summary>
    public bool IsOneTaxpayer { readonly get; internal set; }

    /// <summary>Whether both have tax numbers of one country that check digits vouch for, and none in common.</summary>
    public bool AreTwoTaxpayers { readonly get; internal set; }

    /// <summary>
    /// Whether both have a tax number, a phone or a mail address in common. Whoever types one of them in is asked, whatever else differs;
    /// groups of companies, offices and families share them, so by itself it settles nothing.
    /// </summary>
    public readonly bool SharesNumber => IsOneTaxpayer || this[MatchField.Phone].Agreement == MatchAgreement.Same || this[MatchField.Mail].Agreement == MatchAgreement.Same;

    /// <summary>Agreement and evidence of a field.</summary>
    public MatchReason this[MatchField field]
    {
        readonly get => fields[(int)field] with { Field = field };
        internal set => fields[(int)field] = value;
    }

    /// <summary>Evidence of all fields together, log₂ of the odds that both are one party; what ranks pairs of equal score.</summary>
    public readonly double Bits
    {
        get
        {
            var locality = Math.Min(FieldWeights.MostOfLocality, Of(MatchField.City) + Of(MatchField.Postcode) + Of(MatchField.Region));
            var address = Math.Max(FieldWeights.LeastOfAddress, Of(MatchField.Street) + Of(MatchField.House) + Of(MatchField.Premise) + locality);
            return With(Of(MatchField.Contact), Math.Min(FieldWeights.MostOfDoor, address + Of(MatchField.Phone)));
        }
    }

    private readonly double With(double contact, double door)
    {
        var bits = FieldWeights.Prior + Of(MatchField.Name) + Of(MatchField.TaxNumber) + Of(MatchField.BirthDate) + Of(MatchField.Mail) + contact + door;
        if (IsOneTaxpayer) return Math.Max(FieldWeights.LeastOfOneTaxpayer, bits);
        return AreTwoTaxpayers || AnswersAsAnother ? Math.Min(FieldWeights.MostOfAnother, bits) : bits;
    }

    // another name, another phone and another person: the neighbour in the same house, or the group's other company
    private readonly bool AnswersAsAnother =>
        this[MatchField.Phone].Agreement == MatchAgreement.Different && this[MatchField.Contact].Agreement == MatchAgreement.Different && this[MatchField.Name].Agreement != MatchAgreement.Same
        && this[MatchField.Mail].Agreement != MatchAgreement.Same && this[MatchField.TaxNumber].Agreement != MatchAgreement.Same && this[MatchField.BirthDate].Agreement != MatchAgreement.Same;

    /// <summary>Probability that both are one party, 0…1, to three digits: nobody's estimate is better.</summary>
    public readonly double Score => ScoreOf(Bits);

    /// <summary>The most that both can score whose people and addresses have not been compared yet.</summary>
    internal readonly double MostScore => ScoreOf(With(FieldWeights.Contact.Agreement, FieldWeights.MostOfDoor));

    private static double ScoreOf(double bits) => Math.Round(1 / (1 + Math.Pow(2, -bits)), 3);

    /// <summary>Whether the score reaches the default threshold.</summary>
    public readonly bool IsMatch => Score >= PartyMatcher.DefaultThreshold;

    /// <summary>What speaks for and against, fields that one side lacks left out.</summary>
    public readonly IReadOnlyList<MatchReason> Reasons
    {
        get
        {
            var reasons = new List<MatchReason>();
            for (var at = 0; at < FieldCount; at++)
                if (fields[at].Agreement != MatchAgreement.Unknown) reasons.Add(fields[at]);
            return reasons;
        }
    }

    private readonly double Of(MatchField field) => fields[(int)field].Bits;

    [InlineArray(12)]
    private struct Fields
    {
        private MatchReason first;
    }
}
