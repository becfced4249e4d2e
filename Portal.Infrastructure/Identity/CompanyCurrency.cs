using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>The currency in which figures across documents are told.</summary>
internal static class CompanyCurrency
{
    /// <summary>The company's own currency; null before it is founded.</summary>
    public static Task<string?> FindCompanyCurrencyAsync(this PortalDb db, CancellationToken ct) => db.Set<Company>().OrderBy(c => c.Id).Select(c => c.Currency).FirstOrDefaultAsync(ct);

    /// <summary>The company's own currency.</summary>
    public static Task<string> CompanyCurrencyAsync(this PortalDb db, CancellationToken ct) => db.Set<Company>().OrderBy(c => c.Id).Select(c => c.Currency).FirstAsync(ct);
}
