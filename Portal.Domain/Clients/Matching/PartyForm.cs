namespace Portal.Domain.Clients.Matching;

/// <summary>A party prepared once to be compared with many: every field in its normal form, and the keys of its blocks; addresses and keys when they are first asked for, for most comparisons end before.</summary>
public sealed class PartyForm
{
    private readonly IReadOnlyList<AddressParts> addresses;

    private PartyForm(PartyDetails details)
    {
        Names = [.. details.OtherNames.Prepend(details.Name).Select(NameForm.Of).Where(name => !name.IsEmpty).DistinctBy(name => name.Text)];
        BirthDate = details.BirthDate;
        TaxNumbers = [.. details.TaxNumbers.Where(number => number.Normal.Length > 0)];
        Phones = [.. details.Phones.Where(phone => phone.Normal.Length > 0)];
        Mails = [.. details.Mails.Select(mail => mail.Normal).Where(mail => mail.Length > 0)];
        addresses = details.Addresses;
        Contacts = [.. details.Contacts.Select(NameForm.Of).Where(name => !name.IsEmpty)];
    }

    public NameForm[] Names { get; }
    public DateOnly? BirthDate { get; }
    public TaxNumber[] TaxNumbers { get; }
    public PhoneNumber[] Phones { get; }
    public string[] Mails { get; }
    public AddressForm[] Addresses => field ??= [.. addresses.Select(AddressForm.Of)];
    public NameForm[] Contacts { get; }

    /// <summary>Ascending, each once; see <see cref="Matching.BlockingKeys"/>.</summary>
    public long[] BlockingKeys => field ??= Matching.BlockingKeys.Of(this);

    /// <summary>Prepares a party.</summary>
    public static PartyForm Of(PartyDetails details) => new(details);
}
