using Portal.Domain.Clients;
using Portal.Domain.Shared;

namespace Portal.Domain.Billing;

/// <summary>How many days after the last day of payment a client is reminded; 0 for a step that is left out.</summary>
/// <param name="IsOn">nobody is reminded until somebody turns it on</param>
public sealed record ReminderSettings(bool IsOn = false, int First = 3, int Second = 14, int Third = 30)
{
    /// <summary>The latest step there may be, days.</summary>
    public const int MostDays = 365;

    /// <summary>The steps in force, days; none while reminders are off.</summary>
    public IReadOnlyList<int> Steps() => IsOn ? [.. new[] { First, Second, Third }.Where(days => days > 0).Distinct().Order()] : [];

    /// <summary>The step that has come for an invoice so many days late; null before the first.</summary>
    public int? StepOf(int daysLate) => Steps().Where(step => step <= daysLate).Select(step => (int?)step).LastOrDefault();

    /// <summary>The settings, when they can be.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public ReminderSettings Checked() => new(IsOn, Required.Number(First, "reminder.days", 0, MostDays), Required.Number(Second, "reminder.days", 0, MostDays), Required.Number(Third, "reminder.days", 0, MostDays));
}

/// <summary>A client was reminded of an invoice, once for each step; or could not be, for nobody knows his address.</summary>
public sealed class InvoiceReminder
{
    private InvoiceReminder() { }

    /// <summary>Remembers it.</summary>
    /// <param name="afterDays">the step: days after the last day of payment</param>
    /// <param name="sentTo">null where no address was known</param>
    public InvoiceReminder(InvoiceId invoice, int afterDays, string? sentTo, DateTimeOffset now) => (Invoice, AfterDays, SentTo, At) = (invoice, afterDays, sentTo, now);

    public InvoiceId Invoice { get; private set; }
    public int AfterDays { get; private set; }
    public string? SentTo { get; private set; }
    public DateTimeOffset At { get; private set; }
}

/// <summary>A client is not reminded while this stands.</summary>
public sealed class ReminderStop
{
    private ReminderStop() { }

    /// <summary>Stops reminders.</summary>
    public ReminderStop(PartnerId partner, Actor by, DateTimeOffset now) => (Id, Partner, At, ByName) = (Guid.CreateVersion7(), partner, now, by.Name);

    public Guid Id { get; private set; }
    public PartnerId Partner { get; private set; }
    public DateTimeOffset At { get; private set; }
    public string ByName { get; private set; } = "";
}
