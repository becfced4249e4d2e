using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>Days of offers are the company's.</summary>
internal static class OfferDays
{
    public static async Task<DateOnly> TodayAsync(PortalDb db, TimeProvider time, CancellationToken ct) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), await db.CompanyZoneAsync(ct)).Date);

    /// <summary>The instant at which a day is over.</summary>
    public static async Task<DateTimeOffset> EndAsync(PortalDb db, DateOnly day, CancellationToken ct)
    {
        var (zone, midnight) = (await db.CompanyZoneAsync(ct), day.AddDays(1).ToDateTime(TimeOnly.MinValue));
        if (zone.IsInvalidTime(midnight)) midnight = midnight.AddHours(1);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
