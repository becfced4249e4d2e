using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>
/// The price of a line. Of the lists that hold, the first in order of priority that has a price gives it: own prices of the line's unit, else of the base unit,
/// each of the greatest quantity the line reaches, else what is reckoned over another list or over cost. Discounts follow in their order, each off what the former left;
/// a price set by hand takes their place. Last the margin is compared with its floor.
/// </summary>
public static class PriceCalculation
{
    /// <summary>Reckons the price of a line.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>pricing.product-unknown</c>, <c>pricing.unit-unknown</c>, <c>number.out-of-range</c>; for a list that is wanted alone <c>pricing.list-unknown</c>, <c>pricing.list-expired</c>, <c>pricing.list-not-begun</c>, <c>pricing.list-for-others</c>
    /// </exception>
    public static LinePrice Of(PriceLine line, PriceTerms terms, PriceBook book) => new Reckoning(line, terms, book).Price();

    private sealed class Reckoning
    {
        private readonly PriceTerms terms;
        private readonly PriceBook book;
        private readonly PricedProduct product;
        private readonly string unit;
        private readonly decimal quantity, factor;
        private readonly decimal? asked;
        private readonly List<PriceReason> reasons = [];

        public Reckoning(PriceLine line, PriceTerms terms, PriceBook book)
        {
            (this.terms, this.book) = (terms, book);
            product = book.Products.GetValueOrDefault(line.Product) ?? throw new RuleBrokenException("pricing.product-unknown");
            unit = line.Unit is null || line.Unit == product.Unit ? "" : line.Unit;
            factor = unit.Length == 0 ? 1 : product.Units.TryGetValue(unit, out var held) ? held : throw new RuleBrokenException("pricing.unit-unknown", product.Name, unit);
            quantity = PriceNumbers.Quantity(line.Quantity, "price.quantity");
            asked = line.Asked is { } byHand ? PriceNumbers.Price(byHand, "price.price") : null;
        }

        public LinePrice Price()
        {
            var (list, listed) = Listed();
            if (listed is null) reasons.Add(new(PriceReasonCode.NoPrice));
            var net = listed;
            List<GivenDiscount> given = [];
            if (asked is { } byHand)
            {
                net = byHand;
                reasons.Add(new(PriceReasonCode.ByHand, In(byHand)));
            }
            else if (listed is { } full) net = Discounted(full, given);

            var cost = Cost(terms.Currency);
            var floorPrice = product.Floor is { } floor && cost is { } known ? PriceNumbers.Floor(known, floor) : (decimal?)null;
            var below = PriceNumbers.Below(net, floorPrice);
            var price = new LinePrice(list, listed, net, given, product.VatRate, cost, product.Floor, floorPrice, below, reasons);
            if (net is not null && product.Floor is { } least)
                reasons.Add(floorPrice is null ? new(PriceReasonCode.CostUnknown) : below > 0 ? new(PriceReasonCode.BelowFloor, least, In(floorPrice.Value)) : new(PriceReasonCode.AboveFloor, price.Margin ?? 0m, least));
            return price;
        }

        private (PriceListId? List, decimal? Price) Listed()
        {
            foreach (var list in terms.Only is { } only ? [Wanted(only)] : InOrder())
            {
                List<PriceReason> steps = [];
                if (PriceIn(list, steps, 0) is not { } price) continue;
                if (terms.Converted(price, list.Terms.Currency, terms.Currency) is not { } own)
                {
                    reasons.Add(new(PriceReasonCode.NoRate, list.Terms.Name, list.Terms.Currency));
                    continue;
                }
                reasons.AddRange(steps);
                if (list.Terms.Currency != terms.Currency) reasons.Add(new(PriceReasonCode.Converted, In(own)));
                return (list.Id, Bounded(own));
            }
            return (null, null);
        }

        private KnownList Wanted(PriceListId id)
        {
            var list = book.Find(id) ?? throw new RuleBrokenException("pricing.list-unknown");
            if (list.Terms.Until < terms.Day) throw new RuleBrokenException("pricing.list-expired", list.Terms.Name, list.Terms.Until);
            if (list.Terms.From > terms.Day) throw new RuleBrokenException("pricing.list-not-begun", list.Terms.Name, list.Terms.From);
            return IsForClient(list) ? list : throw new RuleBrokenException("pricing.list-for-others", list.Terms.Name);
        }

        // of two of one priority the narrower stands first: what was agreed before what holds for a segment, that before what holds for all
        private IEnumerable<KnownList> InOrder() => book.Lists.Where(l => l.Terms.HoldsOn(terms.Day) && IsForClient(l))
            .OrderBy(l => l.Terms.Priority).ThenBy(l => l.Terms.Agreement is not null ? 0 : l.Terms.Segment is not null ? 1 : 2).ThenBy(l => l.Terms.Name, StringComparer.Ordinal).ThenBy(l => l.Id.Value);

        private bool IsForClient(KnownList list) =>
            (list.Terms.Segment is not { } segment || terms.Segments.Contains(segment)) && (list.Terms.Agreement is not { } agreement || terms.Agreements.Contains(agreement));

        /// <summary>The price of the line's unit in a list, in the list's currency.</summary>
        private decimal? PriceIn(KnownList list, List<PriceReason> steps, int depth)
        {
            var currency = list.Terms.Currency;
            if (book.Find(list.Id, product.Id, unit, quantity) is { } own) return Own(own, list, steps, unit.Length == 0 ? product.Unit : unit);
            if (unit.Length > 0 && book.Find(list.Id, product.Id, "", quantity * factor) is { } ofBase)
            {
                var whole = Bounded(Own(ofBase, list, steps, product.Unit) * factor);
                steps.Add(new(PriceReasonCode.OfBaseUnits, unit, factor, product.Unit, new Money(whole, currency)));
                return whole;
            }
            if (list.Terms is { Basis: PriceBasis.OverList, Base: { } id } && depth < PriceList.MostSteps && book.Find(id) is { } over)
            {
                // whose the base is was decided by who built on it; when it holds was not
                if (!over.Terms.HoldsOn(terms.Day))
                {
                    reasons.Add(new(PriceReasonCode.BaseOver, list.Terms.Name, over.Terms.Name));
                    return null;
                }
                if (PriceIn(over, steps, depth + 1) is not { } theirs || terms.Converted(theirs, over.Terms.Currency, currency) is not { } same) return null;
                var price = Marked(same, list);
                steps.Add(new(PriceReasonCode.OverList, list.Terms.Name, list.Terms.Markup, over.Terms.Name, new Money(price, currency)));
                return price;
            }
            if (list.Terms.Basis == PriceBasis.OverCost && Cost(currency) is { } cost)
            {
                var price = Marked(cost, list);
                steps.Add(new(PriceReasonCode.OverCost, list.Terms.Name, new Money(price, currency)));
                return price;
            }
            return null;
        }

        private static decimal Own(KnownPrice price, KnownList list, List<PriceReason> steps, string unit)
        {
            var money = new Money(price.Price, list.Terms.Currency);
            steps.Add(price.FromQuantity > 0 ? new(PriceReasonCode.InListFrom, list.Terms.Name, price.FromQuantity, unit, money) : new(PriceReasonCode.InList, list.Terms.Name, money));
            return price.Price;
        }

        private static decimal Marked(decimal price, KnownList list) => Bounded(PriceNumbers.Unit(price * (1 + list.Terms.Markup / 100)));

        private decimal Discounted(decimal full, List<GivenDiscount> given)
        {
            var price = full;
            foreach (var (id, _, terms) in book.Discounts.Where(d => Meets(d.Terms)))
            {
                if (terms.Exclusive && given.Count > 0)
                {
                    reasons.Add(new(PriceReasonCode.DiscountPassedOver, terms.Name));
                    continue;
                }
                if (Off(terms, price) is not { } off)
                {
                    reasons.Add(new(PriceReasonCode.DiscountWithoutRate, terms.Name, terms.Amount!.Value.Currency));
                    continue;
                }
                var after = Math.Max(0, PriceNumbers.Unit(price - off));
                var least = terms.Cap is { } cap ? Math.Min(price, PriceNumbers.Unit(full * (1 - cap / 100))) : 0;
                reasons.Add(after < least ? new(PriceReasonCode.DiscountCapped, terms.Name, terms.Cap!.Value, In(least))
                    : terms.Percent is { } percent ? new(PriceReasonCode.Discount, terms.Name, percent, In(after))
                    : new(PriceReasonCode.DiscountAmount, terms.Name, In(off), In(after)));
                after = Math.Max(after, least);
                given.Add(new(id, terms.Name, price - after));
                price = after;
                if (terms.Exclusive) break;
            }
            return price;
        }

        private bool Meets(DiscountTerms discount) =>
            !(discount.From > terms.Day) && !(discount.Until < terms.Day)
            && (discount.Product is not { } one || one == product.Id)
            && (discount.Group is not { } group || product.Groups.Contains(group))
            && (discount.Segment is not { } segment || terms.Segments.Contains(segment))
            && (discount.Agreement is not { } agreement || terms.Agreements.Contains(agreement))
            && (discount.FromQuantity is not { } least || quantity * factor >= least);

        private decimal? Off(DiscountTerms discount, decimal price) =>
            discount.Percent is { } percent ? price * percent / 100
            : terms.Converted(discount.Amount!.Value.Amount, discount.Amount.Value.Currency, terms.Currency) * factor;

        /// <summary>What one unit of the line costs; null where a part of it is not known.</summary>
        private decimal? Cost(string currency)
        {
            if (product.Costs.Count == 0) return null;
            decimal cost = 0;
            foreach (var part in product.Costs)
                if (terms.Converted(part.Amount, part.Currency, currency) is { } same) cost += same;
                else return null;
            return PriceNumbers.Unit(cost * factor);
        }

        private Money In(decimal amount) => new(amount, terms.Currency);

        private static decimal Bounded(decimal price) => PriceNumbers.Price(price, "price.price");
    }
}
