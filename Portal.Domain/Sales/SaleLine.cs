using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>What a line of a sale says.</summary>
/// <param name="Day">of the document</param>
/// <param name="Quantity">in the product's base unit; of a return negative</param>
/// <param name="Revenue">net of VAT, in the company's currency; of a return negative</param>
/// <param name="Cost">of the goods of the line, in the company's currency; null where nobody knows it</param>
/// <param name="Product">null for what is not in the catalogue</param>
/// <param name="Region">where it was sold to, in the words of who sold it</param>
public sealed record SoldLine(string Document, int Line, DateOnly Day, PartnerId? Partner, ProductId? Product, Guid? Manager, BranchId? Branch, string? Region, decimal Quantity, decimal Revenue, decimal? Cost)
{
    /// <summary>What brought the client to us.</summary>
    public LeadSourceId? Source { get; init; }
    /// <summary>What it is called, where it is not in the catalogue.</summary>
    public string? Name { get; init; }
    /// <summary>The document of ours that sold it; null for what another program sold.</summary>
    public ObjectRef? Origin { get; init; }
    public SalesOrderId? Order { get; init; }
    /// <summary>Id of the order's line.</summary>
    public Guid? OrderLine { get; init; }
}

/// <summary>
/// A line of a sale that is done with: what figures of sales are made of. It is written once, and whatever its document, client and product are called later, it counts on its own day.
/// </summary>
public sealed class SaleLine
{
    private SaleLine() { }

    /// <summary>Enters a line, its money rounded to the minor unit of the currency. One of no quantity is cost alone.</summary>
    /// <exception cref="RuleBrokenException"><c>sold.nothing</c></exception>
    public SaleLine(CompanyId company, SoldLine said, int minorDigits)
    {
        if (said.Quantity == 0 && said.Revenue != 0) throw new RuleBrokenException("sold.nothing");
        (Company, Document, Line, Day, Partner, Product) = (company, said.Document, said.Line, said.Day, said.Partner, said.Product);
        (Manager, Branch, Source, Region, Quantity) = (said.Manager, said.Branch, said.Source, said.Region, said.Quantity);
        (Name, OriginKind, OriginId, SalesOrder, OrderLine) = (said.Name, said.Origin?.Kind, said.Origin?.Id, said.Order, said.OrderLine);
        Revenue = Math.Round(said.Revenue, minorDigits, MidpointRounding.AwayFromZero);
        Cost = said.Cost is { } cost ? Math.Round(cost, minorDigits, MidpointRounding.AwayFromZero) : null;
    }

    /// <summary>Given by the database.</summary>
    public long Id { get; private set; }
    public CompanyId Company { get; private set; }
    /// <summary>What the document is called that it stands in.</summary>
    public string Document { get; private set; } = "";
    /// <summary>Its place there, from 1.</summary>
    public int Line { get; private set; }
    public DateOnly Day { get; private set; }
    /// <summary>Null where nobody wrote down who bought.</summary>
    public PartnerId? Partner { get; private set; }
    /// <summary>Null for what is not in the catalogue.</summary>
    public ProductId? Product { get; private set; }
    /// <summary>What it is called, where it is not in the catalogue.</summary>
    public string? Name { get; private set; }
    /// <summary>Our user who sold it.</summary>
    public Guid? Manager { get; private set; }
    public BranchId? Branch { get; private set; }
    /// <summary>What brought the client to us.</summary>
    public LeadSourceId? Source { get; private set; }
    public string? Region { get; private set; }
    public decimal Quantity { get; private set; }
    public decimal Revenue { get; private set; }
    public decimal? Cost { get; private set; }
    /// <summary>What kind of document of ours sold it; null for what another program sold.</summary>
    public ObjectKind? OriginKind { get; private set; }
    public Guid? OriginId { get; private set; }
    public SalesOrderId? SalesOrder { get; private set; }
    /// <summary>Id of the order's line.</summary>
    public Guid? OrderLine { get; private set; }
}
