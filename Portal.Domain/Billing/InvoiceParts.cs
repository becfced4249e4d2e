using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;

namespace Portal.Domain.Billing;

/// <summary>What an invoice is made of, and who answers for it.</summary>
/// <param name="Order">null for the invoice of an offer</param>
/// <param name="Counterparty">the client's legal entity that it names</param>
public sealed record InvoiceOrigin(SalesOrderId? Order, OfferId? Offer, PartnerId Partner, CounterpartyId? Counterparty, AgreementId? Agreement, Guid? Manager, BranchId? Branch);

/// <summary>Which part of what was sold an invoice asks for.</summary>
public enum InvoicePortion { Whole, Prepayment, Part }

/// <summary>A line as it is invoiced; a part of a schedule has one for each rate of tax, without a name.</summary>
/// <param name="VatRate">percent</param>
public sealed record InvoiceLine(string Name, decimal Quantity, string Unit, decimal VatRate, decimal Net, decimal Vat)
{
    /// <summary>What is paid.</summary>
    public decimal Gross => Net + Vat;
}

/// <summary>What an invoice asks for.</summary>
/// <param name="Place">of the part in the schedule, from 1; 0 for the whole</param>
/// <param name="DueDays">from the day of issue to the last day of payment</param>
public sealed record InvoiceContent(string Currency, InvoicePortion Portion, int Place, int DueDays, IReadOnlyList<InvoiceLine> Lines)
{
    /// <summary>All that was sold.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.sum-too-large</c></exception>
    public static InvoiceContent Whole(OfferContent sold) => new(
        sold.Currency, InvoicePortion.Whole, 0, sold.Payments.Count > 0 ? sold.Payments[^1].Days : 0,
        [.. sold.Lines.Where(l => l.IsSold && !l.IsOption).Select(l => (Line: l, Sums: l.Sums(sold.Discount, sold.Currency))).Select(l => new InvoiceLine(l.Line.Name, l.Line.Quantity, l.Line.Unit, l.Sums.VatRate, l.Sums.Net, l.Sums.Vat))]);

    /// <summary>One part of the schedule. Each rate of tax is split as the sum is, so that the parts together are the whole, to the minor unit.</summary>
    /// <param name="place">of the part, from 1</param>
    /// <exception cref="RuleBrokenException"><c>invoices.part-unknown</c>, <c>offers.payments-over</c>, <c>pricing.sum-too-large</c></exception>
    public static InvoiceContent Part(OfferContent sold, int place)
    {
        var totals = OfferTotals.Of(sold);
        var dues = PaymentSchedule.Split(totals.Gross, sold.Payments, sold.Currency);
        if (place < 1 || place > dues.Count) throw new RuleBrokenException("invoices.part-unknown", place);
        var due = dues[place - 1];
        var (before, digits) = (dues.Take(place - 1).Sum(d => d.Amount), LineSums.MinorDigits(sold.Currency));
        decimal Share(decimal sum, decimal until) => totals.Gross == 0 ? 0 : Math.Round(sum * (until / totals.Gross), digits, MidpointRounding.AwayFromZero);
        decimal Between(decimal sum) => Share(sum, before + due.Amount) - Share(sum, before);
        var lines = totals.Rates.Select(r => (r.Rate, Gross: Between(r.Net + r.Vat), Vat: Between(r.Vat))).OrderByDescending(r => r.Gross).ToList();
        // the greatest takes what rounding leaves
        if (lines.Count > 0) lines[0] = lines[0] with { Gross = lines[0].Gross + due.Amount - lines.Sum(l => l.Gross) };
        return new(sold.Currency, due.After is PaymentEvent.Acceptance or PaymentEvent.Invoice ? InvoicePortion.Prepayment : InvoicePortion.Part, place, due.Days,
            [.. lines.Where(l => l.Gross != 0).OrderBy(l => l.Rate).Select(l => new InvoiceLine("", 1, "", l.Rate, l.Gross - l.Vat, l.Vat))]);
    }
}
