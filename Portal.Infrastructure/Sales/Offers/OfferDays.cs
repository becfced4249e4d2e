using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>Days of offers are the company's.</summary>
internal static class OfferDays
{
    public static async Task<DateOnly> TodayAsync(PortalDb db, TimeProvider time, CancellationToken ct) =>
        await db.CompanyTodayAsync(time, ct);

    /// <summary>The instant at which a day is over.</summary>
    public static async Task<DateTimeOffset> EndAsync(PortalDb db, DateOnly day, CancellationToken ct) => (await db.CompanyZoneAsync(ct)).BeginOf(day.AddDays(1));
}
