using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Id of a <see cref="Counterparty"/>.</summary>
public readonly record struct CounterpartyId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static CounterpartyId New() => new(Guid.CreateVersion7());
}

/// <summary>A legal entity of a partner: whom documents name.</summary>
public sealed class Counterparty : ISearchable
{
    private Counterparty() { }

    /// <summary>Adds a legal entity to a partner.</summary>
    public Counterparty(CounterpartyId id, PartnerId partner, string name, string? taxNumber)
    {
        Id = id;
        Partner = partner;
        Describe(name, null, null, taxNumber, null);
    }

    public CounterpartyId Id { get; private set; }
    public PartnerId Partner { get; private set; }
    /// <summary>Name in the register, with its legal form.</summary>
    public string Name { get; private set; } = "";
    /// <summary>ISO 3166 code of the country it is registered in, two capital letters.</summary>
    public string? Country { get; private set; }
    /// <summary>Its tax number as people wrote it.</summary>
    public string? TaxNumber { get; private set; }
    /// <summary>A second number that some countries give: reason code, trade register.</summary>
    public string? RegisterNumber { get; private set; }
    /// <summary>Address in the register.</summary>
    public string? LegalAddress { get; private set; }
    /// <summary>The legal entity above it, where the legal structure differs from the managers' one.</summary>
    public CounterpartyId? Parent { get; private set; }
    public bool Archived { get; private set; }
    /// <summary>The record that stands for this one since both were found to be one entity.</summary>
    public CounterpartyId? MergedInto { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets what the register says.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>clients.country-unknown</c></exception>
    public void Describe(string name, string? country, string? legalAddress, string? taxNumber, string? registerNumber)
    {
        Name = Required.Text(name, "counterparty.name", 200);
        Country = CountryCode.Read(country);
        LegalAddress = Required.Optional(legalAddress, "counterparty.legal-address", 300);
        TaxNumber = Required.Optional(taxNumber, "counterparty.tax-number", 40);
        RegisterNumber = Required.Optional(registerNumber, "counterparty.register-number", 40);
    }

    /// <summary>Puts it under another legal entity. Whoever calls has seen that this makes no circle.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.own-parent</c></exception>
    public void BelongTo(CounterpartyId? parent) =>
        Parent = parent != Id ? parent : throw new RuleBrokenException("clients.own-parent");

    /// <summary>Takes it out of lists; documents that name it stay.</summary>
    public void Archive() => Archived = true;

    /// <summary>Leaves its place to another record of the same entity.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.merge-itself</c></exception>
    public void MergeInto(CounterpartyId survivor)
    {
        MergedInto = survivor != Id ? survivor : throw new RuleBrokenException("clients.merge-itself");
        Archived = true;
    }

    /// <summary>Brings it back; one that was merged comes back when the merge is undone.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.merged-away</c></exception>
    public void Restore() => Archived = MergedInto is null ? false : throw new RuleBrokenException("clients.merged-away");

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Counterparty, Id.Value), Name, $"{TaxNumber} {RegisterNumber}", Partner.Value);
}
