namespace Portal.Domain.Sales.Leads;

/// <summary>What tells that a lead cools, or that its client is ready to buy.</summary>
public enum LeadSignal { NoContact, StepOverdue, InterestLowered, SeveralContacts, Hot, AskedPrice, BudgetKnown }

/// <summary>A signal and what it rests on.</summary>
/// <param name="Count">days without a talk, days the step is late, or contacts; 0 where there is nothing to count</param>
public readonly record struct LeadSign(LeadSignal Signal, int Count);

/// <summary>Which way a lead goes.</summary>
public enum LeadTrend { Cooling, Ready }

/// <summary>What signals are read from.</summary>
/// <param name="LastContactAt">the last talk; null where there was none</param>
/// <param name="Peak">the highest interest there was</param>
/// <param name="ContactsLately">talks and appeals within the days that the rules name</param>
public sealed record LeadFacts(
    bool IsOpen, DateTimeOffset CreatedAt, DateTimeOffset? LastContactAt, DateTimeOffset? NextStepAt, LeadInterest Interest, LeadInterest Peak, int ContactsLately, bool AskedPrice, bool BudgetKnown);

/// <summary>Reads from what happened with a lead whether it cools and whether its client is ready.</summary>
public static class LeadSignals
{
    /// <summary>The signals of an open lead, those of cooling first; a closed one has none.</summary>
    public static IReadOnlyList<LeadSign> Of(LeadFacts facts, LeadRules rules, DateTimeOffset now)
    {
        if (!facts.IsOpen) return [];
        var signs = new List<LeadSign>();
        var silent = now - (facts.LastContactAt ?? facts.CreatedAt);
        if (silent >= TimeSpan.FromDays(rules.CoolingDays)) signs.Add(new(LeadSignal.NoContact, (int)silent.TotalDays));
        if (facts.NextStepAt < now) signs.Add(new(LeadSignal.StepOverdue, (int)(now - facts.NextStepAt.Value).TotalDays));
        if (facts.Interest < facts.Peak) signs.Add(new(LeadSignal.InterestLowered, 0));
        if (facts.ContactsLately >= rules.ReadyContacts) signs.Add(new(LeadSignal.SeveralContacts, facts.ContactsLately));
        if (facts.Interest == LeadInterest.Hot) signs.Add(new(LeadSignal.Hot, 0));
        if (facts.AskedPrice) signs.Add(new(LeadSignal.AskedPrice, 0));
        if (facts.BudgetKnown) signs.Add(new(LeadSignal.BudgetKnown, 0));
        return signs;
    }

    /// <summary>Whether the signals say that it cools: one is enough.</summary>
    public static bool IsCooling(IEnumerable<LeadSign> signs) => signs.Any(s => s.Signal <= LeadSignal.InterestLowered);

    /// <summary>Whether the signals say that the client is ready: hot interest alone, or two of the others.</summary>
    public static bool IsReady(IReadOnlyCollection<LeadSign> signs) => signs.Any(s => s.Signal == LeadSignal.Hot) || signs.Count(s => s.Signal > LeadSignal.InterestLowered) >= 2;
}
