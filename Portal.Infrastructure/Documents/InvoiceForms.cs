using Portal.Domain.Billing;
using Portal.Domain.Documents;
using Portal.Domain.Pricing;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Printing;

namespace Portal.Infrastructure.Documents;

/// <summary>Whom an invoice or an act names.</summary>
/// <param name="Name">of the legal entity, else of the client</param>
internal sealed record Buyer(string Name, string? TaxNumber, string? Address);

/// <summary>An invoice, the act to it, and the statement with a client, in the words of a language.</summary>
internal static class InvoiceForms
{
    /// <summary>What the client is asked to pay.</summary>
    /// <param name="closing">what the company says below its invoices</param>
    public static PrintedForm Invoice(InvoiceSheet invoice, Buyer buyer, string? order, string? closing, PaperTongue t) => Whole(invoice, buyer, order, t) with
    {
        Terms = [invoice.DueOn is { } due ? t.Words("paper.due", t.Day(due)) : null, invoice.State == InvoiceState.Cancelled ? t.Words("invoiceState.Cancelled") : null],
        Sums = [.. Totals(invoice, t), .. invoice is { Paid: > 0, Open: > 0 } ? [(t.Words("paper.paid"), t.Money(invoice.Paid, invoice.Currency)), (t.Words("invoices.left"), t.Money(invoice.Open, invoice.Currency))] : Array.Empty<(string, string)>()],
        Remarks = [invoice.Note, closing],
    };

    /// <summary>That what was invoiced was given and taken.</summary>
    public static PrintedForm Act(InvoiceSheet invoice, Buyer buyer, string? order, string seller, PaperTongue t) => Whole(invoice, buyer, order, t) with
    {
        Name = t.Words("paper.act", invoice.Number, t.Day(invoice.Day ?? default)),
        Text = t.Words("paper.act-text", seller, buyer.Name),
        Sums = Totals(invoice, t),
        Signers = [t.Words("paper.gives", seller), t.Words("paper.takes", buyer.Name)],
    };

    /// <summary>What happened between us and a client.</summary>
    public static PrintedForm Statement(ClientStatement statement, string seller, PaperTongue t)
    {
        string Some(decimal value) => value == 0 ? "" : t.Sum(value, statement.Currency);
        var told = statement.Statement;
        return new(t.Words("paper.statement", t.Day(statement.From), t.Day(statement.Until)))
        {
            Parties = [t.Words("offer.paper.to", statement.Client)],
            Terms = [statement.Currency],
            Columns = [new(t.Words("stock.day"), 0.16), new(t.Words("receivables.document"), 0.3), new(t.Words("receivables.charged"), 0.18, PaperAlign.Right), new(t.Words("receivables.paid"), 0.18, PaperAlign.Right), new(t.Words("receivables.owed", statement.Currency), 0.18, PaperAlign.Right)],
            Rows =
            [
                [t.Day(statement.From), t.Words("receivables.opening"), "", "", t.Sum(told.Opening, statement.Currency)],
                .. told.Lines.Select(line => (IReadOnlyList<string>)[t.Day(line.Entry.Day), $"{t.Words(line.Entry.Name)} {line.Entry.Number}",
                    Some(Math.Max(0, line.Entry.Amount)), Some(Math.Max(0, -line.Entry.Amount)), t.Sum(line.Balance, statement.Currency)]),
                [t.Day(statement.Until), t.Words("receivables.closing"), Some(told.Charged), Some(told.Paid), t.Sum(told.Closing, statement.Currency)],
            ],
            Sums = [(told.Closing >= 0 ? t.Words("paper.owes-us", seller) : t.Words("paper.owes-us", statement.Client), t.Money(Math.Abs(told.Closing), statement.Currency))],
            Signers = [seller, statement.Client],
        };
    }

    private static PrintedForm Whole(InvoiceSheet invoice, Buyer buyer, string? order, PaperTongue t)
    {
        var portion = t.Words($"invoicePortion.{invoice.Portion}", invoice.Part);
        return new(invoice is { Number: { } number, Day: { } day } ? t.Words("paper.invoice", number, t.Day(day)) : t.Words("paper.invoice-draft"))
        {
            Subject = invoice.Portion == InvoicePortion.Whole ? null : portion,
            Parties = [t.Words("offer.paper.to", buyer.Name), buyer.TaxNumber is { } tax ? t.Words("offer.paper.tax-number", tax) : null, buyer.Address, order is null ? null : $"{t.Words("kind.Order")} {order}"],
            Columns =
            [
                new(t.Words("offer.paper.place"), 0.055), new(t.Words("offer.paper.name"), 0.355), new(t.Words("offer.paper.quantity"), 0.13, PaperAlign.Right), new(t.Words("offer.paper.price"), 0.14, PaperAlign.Right),
                new(t.Words("offer.paper.vat"), 0.09, PaperAlign.Right), new(t.Words("offer.paper.net"), 0.23, PaperAlign.Right),
            ],
            Rows = [.. invoice.Lines.Select((line, i) => (IReadOnlyList<string>)[
                (i + 1).ToString(t.Culture), line.Name.Length > 0 ? line.Name : portion, $"{t.Number(line.Quantity)} {line.Unit}".TrimEnd(), line.Quantity == 0 ? "" : t.Price(PriceNumbers.Unit(line.Net / line.Quantity), invoice.Currency),
                $"{t.Number(line.VatRate)} %", t.Sum(line.Net, invoice.Currency)])],
        };
    }

    private static IReadOnlyList<(string, string)> Totals(InvoiceSheet invoice, PaperTongue t) =>
    [
        (t.Words("offer.paper.total-net"), t.Money(invoice.Net, invoice.Currency)),
        .. invoice.Lines.GroupBy(l => l.VatRate).OrderBy(g => g.Key).Select(g => (t.Words("offer.paper.total-vat", t.Number(g.Key)), t.Money(g.Sum(l => l.Vat), invoice.Currency))),
        (t.Words("offer.paper.total-gross"), t.Money(invoice.Gross, invoice.Currency)),
    ];
}
