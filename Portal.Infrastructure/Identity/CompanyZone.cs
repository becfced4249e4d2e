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
}
