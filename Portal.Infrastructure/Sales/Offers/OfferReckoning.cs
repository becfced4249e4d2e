using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>Gives the lines of an offer their prices, costs and floors.</summary>
internal static class OfferReckoning
{
    /// <summary>
    /// Prices lines of the catalogue as lists and discounts have them today; one whose product is gone keeps the price it had. Other lines cost what somebody has said, and keep the company's least margin; one of which nobody has says so.
    /// </summary>
    public static async Task<OfferContent> PricedAsync(this PortalDb db, OfferContent content, PriceTerms terms, CancellationToken ct)
    {
        var products = content.Lines.Where(l => l is { Kind: OfferLineKind.Product, Product: not null }).Select(l => l.Product!.Value).Distinct().ToList();
        var book = products.Count > 0 ? await PriceQuery.BookAsync(db, products, ct) : null;
        var floor = content.Lines.Any(l => l.Kind is OfferLineKind.Free or OfferLineKind.Composition) ? (await PricingSettingsStore.ReadAsync(db, ct)).MarginFloor : null;
        return content with { Lines = [.. content.Lines.Select(Priced)] };

        OfferLine Priced(OfferLine line)
        {
            if (!line.IsSold) return line;
            if (line.Product is { } product)
                return book!.Products.ContainsKey(product) ? Taken(line, PriceCalculation.Of(new(product, line.Unit.Length == 0 ? null : line.Unit, line.Quantity, line.Asked), terms, book)) : line;
            var cost = line.Kind == OfferLineKind.Composition ? line.CostOfParts : line.Cost;
            var least = line.Kind == OfferLineKind.Delivery ? null : floor;
            return line with { Price = line.Asked, Cost = cost, FloorPrice = least is { } share && cost is { } known ? PriceNumbers.Floor(known, share) : null, Reasons = least is not null && cost is null ? [new(PriceReasonCode.CostUnknown)] : [] };
        }
    }

    // whether the floor holds is told by the price after the discounts of the offer, not by that of the lists
    private static OfferLine Taken(OfferLine line, LinePrice price) => line with
    {
        Price = price.Net,
        Cost = price.Cost,
        FloorPrice = price.FloorPrice,
        Reasons = [.. price.Reasons.Where(r => r.Code is not (PriceReasonCode.AboveFloor or PriceReasonCode.BelowFloor or PriceReasonCode.NeedsApproval))],
    };

    /// <summary>What was said by hand, worth the same in the currency that the content has by now; as it stands, and false, where there is no rate.</summary>
    public static (OfferContent Content, bool Exchanged) ExchangedFrom(this OfferContent content, string currency, PriceTerms terms)
    {
        if (content.Currency == currency || !content.Lines.Any(IsSaid) && content.Payments.All(p => p.Amount is null)) return (content, true);
        if (terms.Converted(1, currency, content.Currency) is null) return (content, false);
        var digits = LineSums.MinorDigits(content.Currency);
        return (content with
        {
            Lines = [.. content.Lines.Select(line => line with { Asked = Paid(line.Asked), Cost = Worth(line.Cost), Parts = [.. line.Parts.Select(part => part with { Cost = Worth(part.Cost) })] })],
            Payments = [.. content.Payments.Select(part => part with { Amount = Paid(part.Amount) })],
        }, true);

        decimal? Worth(decimal? amount) => amount is { } known ? terms.Converted(known, currency, content.Currency) : null;
        decimal? Paid(decimal? amount) => Worth(amount) is { } worth ? Math.Round(worth, digits, MidpointRounding.AwayFromZero) : null;
        static bool IsSaid(OfferLine line) => line.Asked is not null || line.Product is null && (line.Cost is not null || line.Parts.Any(p => p.Cost is not null));
    }

    /// <summary>Puts back the costs of <paramref name="kept"/> that somebody has not seen who sends the lines back without them.</summary>
    public static OfferContent WithCostsOf(this OfferContent sent, OfferContent kept)
    {
        var known = kept.Lines.ToDictionary(l => l.Id);
        return sent with
        {
            Lines = [.. sent.Lines.Select(line => known.TryGetValue(line.Id, out var old)
                // what is called otherwise is something else until whoever knows its cost says so
                ? line with { Cost = old.Name == line.Name ? old.Cost : null, FloorPrice = old.FloorPrice, Parts = [.. line.Parts.Select(part => part with { Cost = old.Parts.FirstOrDefault(p => p.Name == part.Name)?.Cost })] }
                : line with { Cost = null, FloorPrice = null, Parts = [.. line.Parts.Select(part => part with { Cost = null })] })],
        };
    }
}
