namespace Portal.Domain.Clients.Matching;

/// <summary>The normal form of an address, part by part; a part that is unknown is empty.</summary>
public sealed class AddressForm
{
    private AddressForm(AddressParts parts)
    {
        var (street, kind) = AddressWords.Street(parts.Street);
        Street = NameForm.OfWords(street);
        StreetKind = kind;
        StreetWithKind = kind is null ? Street.Whole : new(TextFold.Joined(parts.Street));
        House = AddressWords.House(parts.House);
        Premise = NameForm.OfWords(TextFold.Words(parts.Premise));
        City = NameForm.OfWords(AddressWords.Settlement(parts.City));
        Region = NameForm.OfWords(AddressWords.Settlement(parts.Region));
        Postcode = TextFold.Joined(parts.Postcode);
        Country = parts.Country;
    }

    public NameForm Street { get; }

    /// <summary>Street, avenue, lane …, or null when not written.</summary>
    public string? StreetKind { get; }

    /// <summary>The street as written, for kinds are misspelt and grow together with names.</summary>
    public NameWord StreetWithKind { get; }
    public string House { get; }
    public NameForm Premise { get; }
    public NameForm City { get; }
    public NameForm Region { get; }
    public string Postcode { get; }
    public string? Country { get; }

    /// <summary>Folds the parts of an address.</summary>
    public static AddressForm Of(AddressParts parts) => new(parts);
}
