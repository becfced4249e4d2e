namespace Portal.Domain.Clients.Matching;

/// <summary>What is known of a company or a person when duplicates are looked for; what is unknown stays empty.</summary>
public sealed record PartyDetails
{
    /// <summary>The name people use: of the partner, or the person's given name and surname in any order.</summary>
    public required string Name { get; init; }
    /// <summary>Names of its legal entities and former names; the best of all counts.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];
    public DateOnly? BirthDate { get; init; }
    public IReadOnlyList<TaxNumber> TaxNumbers { get; init; } = [];
    /// <summary>Its own and those of its contacts.</summary>
    public IReadOnlyList<PhoneNumber> Phones { get; init; } = [];
    /// <summary>Its own and those of its contacts.</summary>
    public IReadOnlyList<MailAddress> Mails { get; init; } = [];
    public IReadOnlyList<AddressParts> Addresses { get; init; } = [];
    /// <summary>Names of its contact persons.</summary>
    public IReadOnlyList<string> Contacts { get; init; } = [];
}
