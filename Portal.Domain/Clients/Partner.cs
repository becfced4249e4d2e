using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Id of a <see cref="Partner"/>.</summary>
public readonly record struct PartnerId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static PartnerId New() => new(Guid.CreateVersion7());
}

/// <summary>What a partner is to us; one party can be several at once.</summary>
[Flags]
public enum PartnerKinds { None = 0, Client = 1, Supplier = 2, Agent = 4, Partner = 8, Competitor = 16 }

/// <summary>The party a human means (management view); its legal entities are <see cref="Counterparty"/> records.</summary>
public sealed class Partner : ISearchable
{
    private Partner() { }

    /// <summary>Takes a party into the base.</summary>
    public Partner(PartnerId id, string name, PartnerKinds kinds)
    {
        Id = id;
        Name = Required.Text(name, "partner.name", 200);
        Kinds = kinds;
    }

    public PartnerId Id { get; private set; }
    public string Name { get; private set; } = "";
    public PartnerKinds Kinds { get; private set; }
    public string? Phone { get; private set; }
    public string? Email { get; private set; }
    public bool Archived { get; private set; }

    /// <summary>Sets how to reach the party as a whole.</summary>
    public void Reach(string? phone, string? email)
    {
        Phone = Required.Optional(phone, "partner.phone", 40);
        Email = Required.Optional(email, "partner.email", 200);
    }

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Partner, Id.Value), Name, $"{Phone} {Email}", Id.Value);
}

/// <summary>Id of a <see cref="Counterparty"/>.</summary>
public readonly record struct CounterpartyId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static CounterpartyId New() => new(Guid.CreateVersion7());
}

/// <summary>A legal entity of a partner.</summary>
public sealed class Counterparty
{
    private Counterparty() { }

    /// <summary>Adds a legal entity to a partner.</summary>
    public Counterparty(CounterpartyId id, PartnerId partner, string name, string? taxNumber)
    {
        Id = id;
        Partner = partner;
        Name = Required.Text(name, "counterparty.name", 200);
        TaxNumber = Required.Optional(taxNumber, "counterparty.tax-number", 40);
    }

    public CounterpartyId Id { get; private set; }
    public PartnerId Partner { get; private set; }
    public string Name { get; private set; } = "";
    public string? TaxNumber { get; private set; }
}
