using System.Globalization;
using Portal.Domain.Shared;
using Portal.Web.Identity;

namespace Portal.Web.Shared;

/// <summary>Instants as the reader's clock shows them: stored UTC, shown in the user's zone and culture.</summary>
public sealed class LocalTime
{
    private readonly Func<Actor?> reader;
    private readonly TimeProvider time;

    /// <summary>The clock of whoever sits in this circuit.</summary>
    public LocalTime(CurrentActor current, TimeProvider time) : this(() => current.Known, time) { }

    private LocalTime(Func<Actor?> reader, TimeProvider time) => (this.reader, this.time) = (reader, time);

    /// <summary>The clock of a known actor, for answers outside a circuit.</summary>
    public static LocalTime For(Actor actor, TimeProvider time) => new(() => actor, time);

    /// <summary>The reader's time zone; UTC until he is known.</summary>
    public TimeZoneInfo Zone => reader() is { } actor && TimeZoneInfo.TryFindSystemTimeZoneById(actor.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>Now, UTC.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The instant on the reader's clock.</summary>
    public DateTimeOffset Of(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);

    /// <summary>The instant a reader means by a date and time of his clock.</summary>
    public DateTimeOffset ToUtc(DateTime local)
    {
        // the first and the last day of the calendar have no instant in every zone
        if (local < DateTime.MinValue.AddDays(1)) return DateTimeOffset.MinValue;
        if (local > DateTime.MaxValue.AddDays(-1)) return DateTimeOffset.MaxValue;
        var unspecified = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        // a time that a clock change skips is read as the first one after it
        if (Zone.IsInvalidTime(unspecified)) unspecified = unspecified.AddHours(1);
        return new DateTimeOffset(unspecified, Zone.GetUtcOffset(unspecified)).ToUniversalTime();
    }

    /// <summary>Hours and minutes, as <c>09:40</c>.</summary>
    public string Clock(DateTimeOffset at) => Of(at).ToString("HH:mm", CultureInfo.CurrentCulture);

    /// <summary>Date and time as the culture writes them, short.</summary>
    public string Full(DateTimeOffset at) => Of(at).ToString("g", CultureInfo.CurrentCulture);

    /// <summary>Time today, else day and time; the year where it is another.</summary>
    public string Short(DateTimeOffset at)
    {
        var (then, now) = (Of(at), Of(Now));
        return then.Date == now.Date ? Clock(at) : then.ToString(then.Year == now.Year ? "dd MMM HH:mm" : "dd MMM yyyy HH:mm", CultureInfo.CurrentCulture);
    }

    /// <summary>The day <paramref name="day"/> of the reader as a UTC period.</summary>
    public Period Day(DateOnly day) => new(ToUtc(day.ToDateTime(TimeOnly.MinValue)), ToUtc(day.AddDays(1).ToDateTime(TimeOnly.MinValue)));

    /// <summary>A day of an address, or null where no business can mean it: beyond these years there is no room for the week and the time zone around it.</summary>
    public static DateOnly? Known(DateOnly? day) => day is { } said && BusinessDay.IsOne(said) ? day : null;

    /// <summary>Today on the reader's calendar.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Of(Now).Date);
}
