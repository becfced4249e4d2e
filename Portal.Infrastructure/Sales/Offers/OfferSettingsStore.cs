using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Printing;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>Reads and changes what holds for all offers, and the picture on them. Until somebody sets it, the defaults of <see cref="OfferSettings"/> hold.</summary>
public sealed class OfferSettingsStore(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Bytes of a logo.</summary>
    public const int MostLogo = 512 * 1024;

    private const string Key = "offers";

    internal static async Task<OfferSettings> ReadAsync(PortalDb db, CancellationToken ct) =>
        await db.ReadSettingAsync<OfferSettings>(Key, ct) ?? new();

    /// <summary>Who the company's papers are from.</summary>
    internal static async Task<Letterhead> LetterheadAsync(PortalDb db, CompanyId company, CancellationToken ct)
    {
        var (us, settings) = (await db.Set<Company>().FirstAsync(c => c.Id == company, ct), await ReadAsync(db, ct));
        return new(us.Name, us.TaxNumber, settings.Address, settings.Contacts, settings.Requisites, await db.Set<CompanyLogo>().Where(l => l.Company == company).Select(l => l.Content).FirstOrDefaultAsync(ct));
    }

    /// <summary>The settings in force, their version (0 where nobody has set them yet), and whether there is a logo.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<(OfferSettings Settings, uint Version, bool HasLogo)> SeeAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.SalesSettings);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (settings, version) = await db.SeeSettingAsync<OfferSettings>(Key, ct);
        return (settings ?? new(), version, await db.Set<CompanyLogo>().AnyAsync(ct));
    }

    /// <summary>Puts other settings in force over those that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>text.too-long</c>, <c>number.out-of-range</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(OfferSettings settings, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.SalesSettings);
        await using var db = contexts.CreateFor(actor);
        await db.ChangeSettingAsync(Key, settings.Checked(), seen, time.GetUtcNow(), ct);
    }

    /// <summary>Sets the picture, or takes it away.</summary>
    /// <param name="picture">PNG or JPEG</param>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>offers.logo-unreadable</c></exception>
    public async Task SetLogoAsync(byte[]? picture, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.SalesSettings);
        if (picture is not null && (picture.Length > MostLogo || !Paper.CanDraw(picture))) throw new RuleBrokenException("offers.logo-unreadable", MostLogo / 1024);
        await using var db = contexts.CreateFor(actor);
        var company = await db.CompanyIdAsync(ct);
        var row = await db.Set<CompanyLogo>().FirstOrDefaultAsync(l => l.Company == company, ct);
        if (picture is null)
        {
            if (row is not null) db.Remove(row);
        }
        else if (row is null) db.Add(new CompanyLogo { Company = company, Content = picture });
        else row.Content = picture;
        await db.SaveChangesAsync(ct);
    }
}
