using Portal.Domain.Shared;

namespace Portal.Domain.Billing;

/// <summary>Something that changed what a client owes.</summary>
/// <param name="Amount">what he owes more; negative for what he paid</param>
public sealed record StatementEntry(DateOnly Day, ObjectRef Document, string Number, decimal Amount)
{
    /// <summary>True for what a client was given without having paid it.</summary>
    public bool IsCreditNote { get; init; }

    /// <summary>Key of the text that says what it is.</summary>
    public string Name => IsCreditNote ? "paymentKind.CreditNote" : $"kind.{Document.Kind}";
}

/// <summary>A line of a statement.</summary>
/// <param name="Balance">what the client owes after it</param>
public sealed record StatementLine(StatementEntry Entry, decimal Balance);

/// <summary>What happened between us and a client in a period, in one currency.</summary>
/// <param name="Opening">owed before the first day</param>
/// <param name="Charged">invoiced in the period</param>
/// <param name="Paid">paid in the period</param>
public sealed record Statement(decimal Opening, IReadOnlyList<StatementLine> Lines, decimal Charged, decimal Paid)
{
    /// <summary>Owed after the last day.</summary>
    public decimal Closing => Opening + Charged - Paid;

    /// <summary>Puts entries of the period after what was owed before it; of a day, invoices come first.</summary>
    public static Statement Of(decimal opening, IEnumerable<StatementEntry> entries)
    {
        var (balance, lines) = (opening, new List<StatementLine>());
        foreach (var entry in entries.OrderBy(e => e.Day).ThenBy(e => e.Amount < 0).ThenBy(e => e.Number, StringComparer.Ordinal))
            lines.Add(new(entry, balance += entry.Amount));
        return new(opening, lines, lines.Where(l => l.Entry.Amount > 0).Sum(l => l.Entry.Amount), -lines.Where(l => l.Entry.Amount < 0).Sum(l => l.Entry.Amount));
    }
}
