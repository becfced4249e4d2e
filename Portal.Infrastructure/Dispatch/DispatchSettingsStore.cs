using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Reads and changes the settings of dispatch. Until somebody sets them, the defaults of <see cref="DispatchSettings"/> hold.</summary>
public sealed class DispatchSettingsStore(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const string Key = "dispatch";

    /// <summary>The version of settings that nobody has set yet.</summary>
    private const uint NeverSet = 0;

    /// <summary>The settings in force.</summary>
    public async Task<DispatchSettings> ReadAsync(CancellationToken ct = default)
    {
        var (settings, _) = await SeeAsync(ct);
        return settings;
    }

    /// <summary>The settings in force and their version, to be changed by a person.</summary>
    public async Task<(DispatchSettings Settings, uint Version)> SeeAsync(CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Set<SettingRow>().AsNoTracking().SingleOrDefaultAsync(s => s.Key == Key, ct);
        return row is null ? (new(), NeverSet) : (JsonSerializer.Deserialize<DispatchSettings>(row.Value)!, row.Version);
    }

    /// <summary>Puts other settings in force over those that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>number.out-of-range</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(DispatchSettings settings, uint seen, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.SettingsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // the first to set them has no row to lock
        await db.TakeTurnAsync("dispatch.settings", ct);
        var row = await db.Set<SettingRow>().SingleOrDefaultAsync(s => s.Key == Key, ct);
        if (row is null) db.Add(row = new SettingRow { Key = Key });
        else db.ExpectVersion(row, seen);
        row.Value = JsonSerializer.Serialize(settings.Checked());
        row.ChangedAt = time.GetUtcNow();
        await db.SaveOrExplainAsync(new(ObjectKind.Setting, Guid.Empty), ct);
        await transaction.CommitAsync(ct);
    }
}
