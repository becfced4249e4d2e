using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Pricing;

/// <summary>Reads and changes what holds for prices of the whole company. Until somebody sets it, the defaults of <see cref="PricingSettings"/> hold.</summary>
public sealed class PricingSettingsStore(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const string Key = "pricing";

    /// <summary>The first settings of an installation that has none.</summary>
    internal static SettingRow Row(PricingSettings settings, DateTimeOffset now) => SettingRow.Of(Key, settings, now);

    /// <summary>The settings in force.</summary>
    internal static async Task<PricingSettings> ReadAsync(PortalDb db, CancellationToken ct) =>
        await db.ReadSettingAsync<PricingSettings>(Key, ct) ?? new();

    /// <summary>What a new product and a new list begin with: the usual rate of value-added tax, percent, and the company's currency.</summary>
    public async Task<(decimal VatRate, string Currency)> DefaultsAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return ((await ReadAsync(db, ct)).VatRate, await db.CompanyCurrencyAsync(ct));
    }

    /// <summary>The settings in force and their version, to be changed by a person; 0 where nobody has set them yet.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<(PricingSettings Settings, uint Version)> SeeAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingCost);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (settings, version) = await db.SeeSettingAsync<PricingSettings>(Key, ct);
        return (settings ?? new(), version);
    }

    /// <summary>Puts other settings in force over those that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>number.out-of-range</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(PricingSettings settings, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        actor.Require(Permissions.PricingCost);
        await using var db = contexts.CreateFor(actor);
        await db.ChangeSettingAsync(Key, settings.Checked(), seen, time.GetUtcNow(), ct);
    }
}
