using System.Globalization;
using System.Text.RegularExpressions;
using Portal.Domain.Documents;

namespace Portal.Domain.Billing;

/// <summary>Why a payment is likely for an invoice, the surest first.</summary>
public enum MatchReason { Number, Amount, Oldest }

/// <summary>An invoice that a payment may be for.</summary>
public sealed record PayableInvoice(InvoiceId Id, DocumentNumber Number, DateOnly DueOn, decimal Open);

/// <summary>How much of a payment an invoice is proposed.</summary>
public sealed record MatchProposal(InvoiceId Invoice, decimal Amount, MatchReason Reason);

/// <summary>Guesses which invoices a payment is for.</summary>
public static partial class PaymentMatch
{
    /// <summary>
    /// Proposes invoices: those whose number the payer wrote, then one with exactly the sum, then the oldest first, until nothing of the payment is left. Nothing is proposed beyond what is open or free.
    /// </summary>
    /// <param name="open">invoices in the payment's currency, of its client</param>
    public static IReadOnlyList<MatchProposal> Of(string? reference, decimal free, IReadOnlyCollection<PayableInvoice> open)
    {
        var written = NumbersIn(reference);
        var inOrder = open.Where(i => i.Open > 0).OrderBy(i => i.DueOn).ThenBy(i => i.Number.Year).ThenBy(i => i.Number.Sequence).ToList();
        var named = inOrder.Where(i => written.Contains(i.Number)).ToList();
        var exact = inOrder.Find(i => i.Open == free);
        List<(PayableInvoice Invoice, MatchReason Reason)> ranked = [.. named.Select(i => (i, MatchReason.Number))];
        if (ranked.Count == 0 && exact is not null) ranked.Add((exact, MatchReason.Amount));
        ranked.AddRange(inOrder.Where(i => ranked.TrueForAll(r => r.Invoice.Id != i.Id)).Select(i => (i, MatchReason.Oldest)));
        List<MatchProposal> proposals = [];
        foreach (var (invoice, reason) in ranked)
        {
            var amount = Math.Min(free, invoice.Open);
            if (amount <= 0) break;
            proposals.Add(new(invoice.Id, amount, reason));
            free -= amount;
        }
        return proposals;
    }

    /// <summary>The numbers of documents that somebody wrote: a year and at least four digits, which no date and no longer number has.</summary>
    public static IReadOnlySet<DocumentNumber> NumbersIn(string? text) =>
        Numbers().Matches(text ?? "").Select(m => new DocumentNumber(int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture))).ToHashSet();

    [GeneratedRegex(@"(?<!\d)(?<!\d[-–/.])(\d{4})\s?[-–/]\s?(\d{4,7})(?!\d)(?![-–/.]\d)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Numbers();
}
