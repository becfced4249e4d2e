namespace Portal.Domain.Billing;

/// <summary>How long something is owed beyond its last day of payment.</summary>
public enum AgeBand { NotDue, UpTo30, UpTo60, UpTo90, Over90 }

/// <summary>What is open of an invoice.</summary>
public sealed record OpenInvoice(DateOnly DueOn, decimal Open);

/// <summary>What a client owes in one currency.</summary>
/// <param name="Bands">what is open of invoices by age</param>
/// <param name="Credit">what was paid and is given to no invoice</param>
/// <param name="OldestDays">how long the oldest is overdue; 0 where nothing is</param>
public sealed record Receivables(IReadOnlyDictionary<AgeBand, decimal> Bands, decimal Credit, int OldestDays)
{
    /// <summary>What is open of invoices.</summary>
    public decimal Open => Bands.Values.Sum();

    /// <summary>What is open beyond its last day of payment.</summary>
    public decimal Overdue => Open - Bands.GetValueOrDefault(AgeBand.NotDue);

    /// <summary>What the client owes beyond what he has paid; negative where he has paid more.</summary>
    public decimal Balance => Open - Credit;

    /// <summary>Adds up what is open.</summary>
    /// <param name="today">in the company's zone</param>
    public static Receivables Of(IEnumerable<OpenInvoice> invoices, decimal credit, DateOnly today)
    {
        var (bands, oldest) = (Enum.GetValues<AgeBand>().ToDictionary(b => b, _ => 0m), 0);
        foreach (var invoice in invoices)
        {
            bands[BandOf(invoice.DueOn, today)] += invoice.Open;
            if (invoice.Open > 0) oldest = Math.Max(oldest, today.DayNumber - invoice.DueOn.DayNumber);
        }
        return new(bands, credit, oldest);
    }

    /// <summary>Debts of several currencies as one, by what one unit of each is worth.</summary>
    public static Receivables Together(IReadOnlyCollection<(Receivables Owed, decimal Rate)> debts) => new(
        Enum.GetValues<AgeBand>().ToDictionary(b => b, b => debts.Sum(d => d.Owed.Bands.GetValueOrDefault(b) * d.Rate)), debts.Sum(d => d.Owed.Credit * d.Rate), debts.Count == 0 ? 0 : debts.Max(d => d.Owed.OldestDays));

    /// <summary>The age of what was to be paid by a day; that day itself is in time.</summary>
    public static AgeBand BandOf(DateOnly dueOn, DateOnly today) => (today.DayNumber - dueOn.DayNumber) switch
    {
        <= 0 => AgeBand.NotDue,
        <= 30 => AgeBand.UpTo30,
        <= 60 => AgeBand.UpTo60,
        <= 90 => AgeBand.UpTo90,
        _ => AgeBand.Over90,
    };
}

/// <summary>Why goods do not go to a client without a release.</summary>
public enum CreditStop { Overdue, OverLimit }

/// <summary>When goods stop going to a client who owes.</summary>
public static class CreditRule
{
    /// <summary>Says what stops goods; nothing where they may go. An overdue debt that the client's credit covers stops nothing.</summary>
    /// <param name="owed">in the limit's currency</param>
    /// <param name="going">worth of the goods that are to go and that no invoice asks for yet</param>
    /// <param name="limit">null where none is agreed</param>
    /// <param name="patience">days beyond the last day of payment that stop nothing yet</param>
    public static IReadOnlyList<CreditStop> StopsOf(Receivables owed, decimal going, decimal? limit, int patience)
    {
        List<CreditStop> stops = [];
        if (owed.OldestDays > patience && owed.Overdue > owed.Credit) stops.Add(CreditStop.Overdue);
        if (owed.Balance + going > limit) stops.Add(CreditStop.OverLimit);
        return stops;
    }
}
