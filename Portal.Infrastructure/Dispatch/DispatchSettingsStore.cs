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
        var (settings, _) = await SeeAsync(ct);
        return settings;
    }

    /// <summary>The settings in force and their version, to be changed by a person.</summary>
    public async Task<(DispatchSettings Settings, uint Version)> SeeAsync(CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (settings, version) = await db.SeeSettingAsync<DispatchSettings>(Key, ct);
        return (settings ?? new(), version);
    }

    /// <summary>Puts other settings in force over those that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>number.out-of-range</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(DispatchSettings settings, uint seen, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.SettingsManage);
        await using var db = contexts.CreateFor(actor);
        await db.ChangeSettingAsync(Key, settings.Checked(), seen, time.GetUtcNow(), ct);
    }
}
