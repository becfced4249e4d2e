namespace Portal.Domain.Clients.Matching;

/// <summary>Compares parties by the model of Fellegi and Sunter: each field gives evidence, the sum of it and of the prior is the odds.</summary>
/// <param name="frequencies">How often words occur in the base, so that a rare name weighs more than a common one; null to weigh all alike.</param>
public sealed class PartyMatcher(TermFrequencies? frequencies = null)
{
    /// <summary>From this score on two parties count as duplicates.</summary>
    public const double DefaultThreshold = 0.9;

    /// <summary>Compares two parties; which is first does not matter.</summary>
    public PartyComparison Compare(PartyForm a, PartyForm b)
    {
        var comparison = ByNameAndNumbers(a, b);
        AddContactAndAddress(ref comparison, a, b);
        return comparison;
    }

    /// <summary>Compares two parties; null where they score less than the least, which names and numbers mostly tell without a look at people and addresses.</summary>
    public PartyComparison? Compare(PartyForm a, PartyForm b, double least)
    {
        var comparison = ByNameAndNumbers(a, b);
        if (comparison.MostScore < least) return null;
        AddContactAndAddress(ref comparison, a, b);
        return comparison.Score >= least ? comparison : null;
    }

    private PartyComparison ByNameAndNumbers(PartyForm a, PartyForm b)
    {
        var comparison = new PartyComparison();
        comparison[MatchField.Name] = Name(a.Names, b.Names);
        comparison[MatchField.TaxNumber] = IdentifierComparison.OfTaxNumbers(a.TaxNumbers, b.TaxNumbers);
        comparison.IsOneTaxpayer = IdentifierComparison.AreOfOneTaxpayer(a.TaxNumbers, b.TaxNumbers);
        comparison.AreTwoTaxpayers = IdentifierComparison.AreOfTwoTaxpayers(a.TaxNumbers, b.TaxNumbers);
        comparison[MatchField.BirthDate] = IdentifierComparison.OfBirthDates(a.BirthDate, b.BirthDate);
        comparison[MatchField.Phone] = IdentifierComparison.OfPhones(a.Phones, b.Phones);
        comparison[MatchField.Mail] = IdentifierComparison.OfMails(a.Mails, b.Mails);
        return comparison;
    }

    private void AddContactAndAddress(ref PartyComparison comparison, PartyForm a, PartyForm b)
    {
        comparison[MatchField.Contact] = Contact(a.Contacts, b.Contacts);
        AddAddress(ref comparison, a.Addresses, b.Addresses);
    }

    private MatchReason Name(NameForm[] a, NameForm[] b)
    {
        var best = new MatchReason(MatchField.Name, MatchAgreement.Unknown, 0);
        foreach (var one in a)
            foreach (var other in b)
            {
                var reason = NameComparison.Of(one, other, frequencies);
                if (best.Agreement == MatchAgreement.Unknown || reason.Bits > best.Bits) best = reason;
            }
        return best;
    }

    private static MatchReason Contact(NameForm[] a, NameForm[] b)
    {
        if (a.Length == 0 || b.Length == 0) return new(MatchField.Contact, MatchAgreement.Unknown, 0);
        double best = 0;
        foreach (var one in a)
            foreach (var other in b) best = Math.Max(best, NameSimilarity.Of(one, other));
        return FieldComparison.BySimilarity(MatchField.Contact, best, FieldWeights.Contact);
    }

    private void AddAddress(ref PartyComparison comparison, AddressForm[] a, AddressForm[] b)
    {
        var best = new PartyComparison();
        var compared = false;
        foreach (var one in a)
            foreach (var other in b)
            {
                var addresses = AddressComparison.Of(one, other, frequencies);
                if (!compared || addresses.Bits > best.Bits) best = addresses;
                compared = true;
            }
        if (!compared) return;
        foreach (var field in AddressComparison.Parts) comparison[field] = best[field];
    }
}
