using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Id of an <see cref="Agreement"/>.</summary>
public readonly record struct AgreementId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static AgreementId New() => new(Guid.CreateVersion7());
}

/// <summary>A signed contract with a legal entity, or the terms agreed with the party as its managers see it.</summary>
public enum AgreementKind { Contract, Agreement }

/// <summary>What an agreement says.</summary>
/// <param name="Counterparty">the legal entity that signed; required for a contract</param>
/// <param name="From">first day in force</param>
/// <param name="Until">last day in force; null where it has no end</param>
/// <param name="PaymentDays">days from delivery to payment; 0 = at once</param>
/// <param name="CreditLimit">most money that may be open; null where nothing is agreed</param>
public sealed record AgreementTerms(
    AgreementKind Kind, string? Number, string? Name, CounterpartyId? Counterparty, DateOnly From, DateOnly? Until, int PaymentDays, Money? CreditLimit, string? Note);

/// <summary>A contract or an agreement with a partner: which terms hold from when to when.</summary>
public sealed class Agreement
{
    private Agreement() { }

    /// <summary>Agrees on something with a partner.</summary>
    public Agreement(AgreementId id, PartnerId partner, AgreementTerms terms)
    {
        (Id, Partner) = (id, partner);
        Agree(terms);
    }

    public AgreementId Id { get; private set; }
    public PartnerId Partner { get; private set; }
    public AgreementKind Kind { get; private set; }
    public string Number { get; private set; } = "";
    public string? Name { get; private set; }
    public CounterpartyId? Counterparty { get; private set; }
    public DateOnly ValidFrom { get; private set; }
    public DateOnly? ValidUntil { get; private set; }
    public int PaymentDays { get; private set; }
    public decimal? CreditLimit { get; private set; }
    /// <summary>ISO 4217 code of the credit limit.</summary>
    public string? Currency { get; private set; }
    public string? Note { get; private set; }
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets what it says.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>clients.agreement-ends-before-it-begins</c>, <c>clients.contract-without-entity</c>, <c>clients.currency-unknown</c>, <c>number.out-of-range</c></exception>
    public void Agree(AgreementTerms terms)
    {
        if (terms.Until < terms.From) throw new RuleBrokenException("clients.agreement-ends-before-it-begins");
        if (terms is { Kind: AgreementKind.Contract, Counterparty: null }) throw new RuleBrokenException("clients.contract-without-entity");
        if (terms.CreditLimit is { Amount: < 0 }) throw new RuleBrokenException("number.out-of-range", "agreement.credit-limit", 0, decimal.MaxValue);
        (Kind, Counterparty, ValidFrom, ValidUntil) = (terms.Kind, terms.Counterparty, terms.From, terms.Until);
        Number = Required.Text(terms.Number, "agreement.number", 60);
        Name = Required.Optional(terms.Name, "agreement.name", 200);
        PaymentDays = Required.Number(terms.PaymentDays, "agreement.payment-days", 0, 365);
        (CreditLimit, Currency) = (terms.CreditLimit?.Amount, CurrencyOf(terms.CreditLimit));
        Note = Required.Optional(terms.Note, "agreement.note", 1000);
    }

    /// <summary>True on a day in force.</summary>
    public bool HoldsOn(DateOnly day) => !Archived && ValidFrom <= day && (ValidUntil is not { } last || day <= last);

    private static string? CurrencyOf(Money? money) =>
        money is not { } given ? null
        : given.Currency.Trim().ToUpperInvariant() is { Length: 3 } code && code.All(char.IsAsciiLetterUpper) ? code
        : throw new RuleBrokenException("clients.currency-unknown", given.Currency);

    /// <summary>Takes it out of lists.</summary>
    public void Archive() => Archived = true;

    /// <summary>Brings it back.</summary>
    public void Restore() => Archived = false;
}
