using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>The clock that the company's days are reckoned by.</summary>
internal static class CompanyZone
{
    /// <summary>The company's time zone; UTC before it is founded.</summary>
    public static async Task<TimeZoneInfo> CompanyZoneAsync(this PortalDb db, CancellationToken ct) =>
        await db.Set<Company>().OrderBy(c => c.Id).Select(c => c.TimeZone).FirstOrDefaultAsync(ct) is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>Today on the company's clock.</summary>
    public static async Task<DateOnly> CompanyTodayAsync(this PortalDb db, TimeProvider time, CancellationToken ct) => (await db.CompanyZoneAsync(ct)).DayOf(time.GetUtcNow());

    /// <summary>The day of an instant in a zone.</summary>
    public static DateOnly DayOf(this TimeZoneInfo zone, DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).Date);

    /// <summary>The beginning of a day in a zone, UTC: an hour later where clocks are put forward at midnight.</summary>
    public static DateTimeOffset BeginOf(this TimeZoneInfo zone, DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        if (zone.IsInvalidTime(midnight)) midnight = midnight.AddHours(1);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
