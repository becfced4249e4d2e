using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>Reads and changes what holds for prices of the whole company. Until somebody sets it, the defaults of <see cref="PricingSettings"/> hold.</summary>
public sealed class PricingSettingsStore(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const string Key = "pricing";

    /// <summary>The settings in force.</summary>
    internal static async Task<PricingSettings> ReadAsync(PortalDb db, CancellationToken ct) =>
        await db.Set<SettingRow>().Where(s => s.Key == Key).Select(s => s.Value).FirstOrDefaultAsync(ct) is { } json ? JsonSerializer.Deserialize<PricingSettings>(json)! : new();

    /// <summary>What a new product and a new list begin with: the usual rate of value-added tax, percent, and the company's currency.</summary>
    public async Task<(decimal VatRate, string Currency)> DefaultsAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return ((await ReadAsync(db, ct)).VatRate, await db.Set<Company>().OrderBy(c => c.Id).Select(c => c.Currency).FirstAsync(ct));
    }

    /// <summary>The settings in force and their version, to be changed by a person; 0 where nobody has set them yet.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<(PricingSettings Settings, uint Version)> SeeAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingCost);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Set<SettingRow>().AsNoTracking().SingleOrDefaultAsync(s => s.Key == Key, ct);
        return row is null ? (new(), 0) : (JsonSerializer.Deserialize<PricingSettings>(row.Value)!, row.Version);
    }

    /// <summary>Puts other settings in force over those that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>number.out-of-range</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(PricingSettings settings, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        actor.Require(Permissions.PricingCost);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // the first to set them has no row to lock
        await db.TakeTurnAsync("pricing.settings", ct);
        var row = await db.Set<SettingRow>().SingleOrDefaultAsync(s => s.Key == Key, ct);
        if (row is null) db.Add(row = new SettingRow { Key = Key });
        else db.ExpectVersion(row, seen);
        row.Value = JsonSerializer.Serialize(settings.Checked());
        row.ChangedAt = time.GetUtcNow();
        await db.SaveOrExplainAsync(new(ObjectKind.Setting, Guid.Empty), ct);
        await transaction.CommitAsync(ct);
    }
}
