using System.Globalization;

namespace Portal.Domain.Documents;

/// <summary>Documents that carry a number of ours. Each type counts for itself.</summary>
public enum DocumentType { Offer, StockReceipt, StockIssue, StockTransfer, StockArrival, StockCustomerReturn, StockSupplierReturn, StockWriteOff, StockTaking, Order, Shipment, Invoice, Payment, Claim, CreditNote }

/// <summary>The number of a document: within company, type and year without a gap, taken when the document is issued.</summary>
/// <param name="Year">of the company's day on which it was taken</param>
/// <param name="Sequence">from 1</param>
public readonly record struct DocumentNumber(int Year, int Sequence)
{
    /// <summary>The number as it is kept; null where none has been taken yet.</summary>
    public static DocumentNumber? Of(int? year, int? sequence) => year is { } of && sequence is { } number ? new(of, number) : null;

    /// <summary>As people write it: <c>2026-0042</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year}-{Sequence:0000}");
}
