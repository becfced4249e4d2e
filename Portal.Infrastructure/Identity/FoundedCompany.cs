using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>The company that works here.</summary>
internal static class FoundedCompany
{
    /// <summary>Its id.</summary>
    public static Task<CompanyId> CompanyIdAsync(this PortalDb db, CancellationToken ct) => db.Set<Company>().OrderBy(c => c.Id).Select(c => c.Id).FirstAsync(ct);
}
