using Portal.Domain.Billing;
using Portal.Web.Sales.Offers;
using Portal.Web.Shared;

namespace Portal.Web.Billing;

/// <summary>Invoices and payments in the reader's words.</summary>
internal static class BillingWords
{
    /// <summary>The colour of a state.</summary>
    public static string? Tone(InvoiceState state) => state switch { InvoiceState.Paid => "good", InvoiceState.Cancelled => "bad", InvoiceState.PartPaid => "warn", _ => null };

    /// <summary>The colour of a state.</summary>
    public static string? Tone(PaymentState state, decimal free) => state == PaymentState.Cancelled ? "bad" : free > 0 ? "warn" : "good";

    /// <summary>Which part an invoice asks for.</summary>
    public static string Portion(this Texts texts, InvoicePortion portion, int place) => texts[$"invoicePortion.{portion}", place];

    /// <summary>A sum, or nothing where it is nothing.</summary>
    public static string Some(decimal value, string currency) => value == 0 ? "" : OfferWords.Sum(value, currency);
}
