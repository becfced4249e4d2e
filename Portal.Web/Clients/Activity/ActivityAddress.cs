using System.Globalization;
using Portal.Infrastructure.Clients.Activity;
using Portal.Web.Shared;

namespace Portal.Web.Clients.Activity;

/// <summary>What the address of the page and of its file asks: days of the reader's calendar, both inclusive; the last thirty where it names none.</summary>
internal sealed record ActivityAddress(DateOnly From, DateOnly To, ActivityGroup Group)
{
    private const int UsualDays = 30;
    private const int MostDays = 3700;

    /// <summary>Reads it; what cannot be read is as if it were not there.</summary>
    public static ActivityAddress Read(string? from, string? to, string? by, LocalTime time)
    {
        var last = Day(to) ?? time.Today;
        var first = Day(from) ?? last.AddDays(1 - UsualDays);
        if (first > last) (first, last) = (last, first);
        if (last.DayNumber - first.DayNumber > MostDays) first = last.AddDays(-MostDays);
        return new(first, last, Named.Of<ActivityGroup>(by) ?? ActivityGroup.Seller);
    }

    /// <summary>The same as a question to the database.</summary>
    public ActivityFilter Filter(LocalTime time) => new(time.Day(From).From, time.Day(To).To, Group);

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1990 and <= 2200 ? day : null;
}
