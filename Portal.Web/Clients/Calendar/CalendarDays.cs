using System.Globalization;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Calendar;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Web.Shared;

namespace Portal.Web.Clients.Calendar;

/// <summary>How a calendar is laid out.</summary>
public enum CalendarView { Day, Week, Month, Team }

/// <summary>A column of the time grid: a day, in the team's view of one colleague.</summary>
/// <param name="Key">what the browser's half calls it</param>
/// <param name="User">whose it is; null where the calendar is one person's</param>
public sealed record CalendarColumn(string Key, DateOnly Day, Guid? User);

/// <summary>A part of an interaction in one column: from and until in minutes of the day, and its lane.</summary>
/// <param name="IsHead">it begins here, and can be moved from here</param>
public sealed record CalendarPiece(InteractionRow Row, int From, int Until, bool IsHead, DayLane Lane)
{
    /// <summary>Place and size in its column.</summary>
    public string Style => string.Create(CultureInfo.InvariantCulture,
        $"top:{From / 14.4:0.###}%;height:{(Until - From) / 14.4:0.###}%;left:{100.0 * Lane.Lane / Lane.Of:0.###}%;width:{100.0 / Lane.Of:0.###}%");
}

/// <summary>Days of a calendar as its reader counts them, and what stands in them.</summary>
public static class CalendarDays
{
    // what takes no time, or little, can still be read and grasped
    private const int LeastShown = 25;
    private const int DayMinutes = 24 * 60;

    /// <summary>First and last day of a view around a day; weeks begin as the reader's culture has it, months hold whole weeks.</summary>
    public static (DateOnly First, DateOnly Last) Span(CalendarView view, DateOnly day)
    {
        if (view is CalendarView.Day or CalendarView.Team) return (day, day);
        if (view == CalendarView.Week) return (WeekOf(day), WeekOf(day).AddDays(6));
        var first = new DateOnly(day.Year, day.Month, 1);
        return (WeekOf(first), WeekOf(first.AddMonths(1).AddDays(-1)).AddDays(6));
    }

    /// <summary>The day a view shows when it is turned by one page.</summary>
    public static DateOnly Turn(CalendarView view, DateOnly day, int by) => view switch
    {
        CalendarView.Week => day.AddDays(7 * by),
        CalendarView.Month => day.AddMonths(by),
        _ => day.AddDays(by),
    };

    /// <summary>First day of the week that holds a day.</summary>
    public static DateOnly WeekOf(DateOnly day) => day.AddDays(-((day.DayOfWeek - CultureInfo.CurrentCulture.DateTimeFormat.FirstDayOfWeek + 7) % 7));

    /// <summary>What of the rows stands in a column, side by side where it overlaps.</summary>
    public static IReadOnlyList<CalendarPiece> Pieces(IEnumerable<InteractionRow> rows, CalendarColumn column, LocalTime clock)
    {
        var found = rows.Where(row => column.User is not { } user || row.IsOf(user)).Select(row => Piece(row, column.Day, clock)).OfType<CalendarPiece>().ToList();
        var lanes = DayLanes.Arrange([.. found.Select(piece => (piece.From, piece.Until))]);
        return [.. found.Select((piece, i) => piece with { Lane = lanes[i] })];
    }

    /// <summary>True when nobody has said yet what came of what should be over.</summary>
    public static bool IsLate(InteractionRow row, DateTimeOffset now) => row.State == InteractionState.Planned && row.Until < now;

    private static CalendarPiece? Piece(InteractionRow row, DateOnly day, LocalTime clock)
    {
        var (start, end) = (clock.Of(row.At).DateTime, clock.Of(row.Until).DateTime);
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        var (from, until) = ((start - midnight).TotalMinutes, (end - midnight).TotalMinutes);
        if (from >= DayMinutes || until < 0 || until <= 0 && from < 0) return null;
        var head = from >= 0;
        var first = head ? Math.Min((int)from, DayMinutes - LeastShown) : 0;
        return new(row, first, Math.Min(DayMinutes, Math.Max((int)Math.Ceiling(until), first + LeastShown)), head, default);
    }
}
