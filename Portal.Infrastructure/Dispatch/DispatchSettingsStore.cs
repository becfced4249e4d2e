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

    /// <summary>The settings in force.</summary>
    public async Task<DispatchSettings> ReadAsync(CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Set<SettingRow>().AsNoTracking().SingleOrDefaultAsync(s => s.Key == Key, ct);
        return row is null ? new() : JsonSerializer.Deserialize<DispatchSettings>(row.Value)!;
    }

    /// <summary>Puts other settings in force.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>number.out-of-range</c></exception>
    public async Task ChangeAsync(DispatchSettings settings, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.SettingsManage);
        await using var db = contexts.CreateFor(actor);
        var row = await db.Set<SettingRow>().SingleOrDefaultAsync(s => s.Key == Key, ct);
        if (row is null) db.Add(row = new SettingRow { Key = Key });
        row.Value = JsonSerializer.Serialize(settings.Checked());
        row.ChangedAt = time.GetUtcNow();
        await db.SaveChangesAsync(ct);
    }
}
