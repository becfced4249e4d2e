using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>What a discount gives, and when. Each condition that is set must be met.</summary>
/// <param name="Percent">taken off the price that earlier discounts left, 0 … 100; null where an amount is</param>
/// <param name="Amount">taken off one base unit</param>
/// <param name="Group">products of this group and of those in it</param>
/// <param name="FromQuantity">least quantity of the line, in base units</param>
/// <param name="From">first day it holds</param>
/// <param name="Until">last day it holds</param>
/// <param name="Exclusive">stands alone: passed over where another discount was given, and none follows it</param>
/// <param name="Cap">percent of the list price; with this one, all discounts together take off no more</param>
public sealed record DiscountTerms(
    string Name, decimal? Percent = null, Money? Amount = null, ProductGroupId? Group = null, ProductId? Product = null, SegmentId? Segment = null, AgreementId? Agreement = null,
    decimal? FromQuantity = null, DateOnly? From = null, DateOnly? Until = null, bool Exclusive = false, decimal? Cap = null);

/// <summary>A discount and its place among the others: they are looked at in order.</summary>
public sealed class DiscountRule
{
    private DiscountRule() { }

    /// <summary>Sets a discount.</summary>
    public DiscountRule(DiscountRuleId id, int position, DiscountTerms terms)
    {
        (Id, Position) = (id, position);
        Agree(terms);
    }

    public DiscountRuleId Id { get; private set; }
    /// <summary>The lower is looked at first.</summary>
    public int Position { get; private set; }
    public string Name { get; private set; } = "";
    public decimal? Percent { get; private set; }
    public decimal? Amount { get; private set; }
    /// <summary>ISO 4217 code of the amount.</summary>
    public string? Currency { get; private set; }
    public ProductGroupId? Group { get; private set; }
    public ProductId? Product { get; private set; }
    public SegmentId? Segment { get; private set; }
    public AgreementId? Agreement { get; private set; }
    public decimal? FromQuantity { get; private set; }
    public DateOnly? ValidFrom { get; private set; }
    public DateOnly? ValidUntil { get; private set; }
    public bool Exclusive { get; private set; }
    public decimal? Cap { get; private set; }
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>What it gives, and when.</summary>
    public DiscountTerms Terms => new(Name, Percent, Amount is { } amount ? new(amount, Currency!) : null, Group, Product, Segment, Agreement, FromQuantity, ValidFrom, ValidUntil, Exclusive, Cap);

    /// <summary>Sets what it gives.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>number.out-of-range</c>, <c>clients.currency-unknown</c>, <c>pricing.discount-of-nothing</c>, <c>pricing.discount-ends-before-it-begins</c></exception>
    public void Agree(DiscountTerms terms)
    {
        if ((terms.Percent is null) == (terms.Amount is null)) throw new RuleBrokenException("pricing.discount-of-nothing");
        if (terms.Until < terms.From) throw new RuleBrokenException("pricing.discount-ends-before-it-begins");
        Name = Required.Text(terms.Name, "discount.name", 120);
        Percent = terms.Percent is { } percent ? PriceNumbers.Percent(percent, "discount.percent") : null;
        (Amount, Currency) = terms.Amount is { } amount ? ((decimal?)PriceNumbers.Price(amount.Amount, "discount.amount"), PriceNumbers.Currency(amount.Currency)) : (null, null);
        (Group, Product, Segment, Agreement) = (terms.Group, terms.Product, terms.Segment, terms.Agreement);
        FromQuantity = terms.FromQuantity is { } quantity ? PriceNumbers.Quantity(quantity, "price.from-quantity") : null;
        (ValidFrom, ValidUntil, Exclusive) = (terms.From, terms.Until, terms.Exclusive);
        Cap = terms.Cap is { } cap ? PriceNumbers.Percent(cap, "discount.cap") : null;
    }

    /// <summary>Moves it among the others.</summary>
    public void MoveTo(int position) => Position = position;

    /// <summary>Gives it no longer.</summary>
    public void Archive() => Archived = true;

    /// <summary>Gives it again.</summary>
    public void Restore() => Archived = false;
}
