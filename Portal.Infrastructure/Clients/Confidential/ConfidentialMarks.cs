using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Confidential;

/// <summary>Which fields of clients are marked confidential. What a person may not read of them is part of his rights (<see cref="Actor.Hidden"/>).</summary>
public sealed class ConfidentialMarks(IDbContextFactory<PortalDb> contexts, UserRights rights, TimeProvider time)
{
    private const string Key = "clients.confidential";

    /// <summary>The marked fields and their version, to be changed by a person; version 0 where nobody has marked any.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<(ConfidentialFields Marked, uint Version)> SeeAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.SettingsManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (marked, version) = await db.SeeSettingAsync<string>(Key, ct);
        return (Read(marked), version);
    }

    /// <summary>Marks these fields and no others; counts at once.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(ConfidentialFields marked, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.SettingsManage);
        await using var db = contexts.CreateFor(actor);
        await db.ChangeSettingAsync(Key, marked.ToString(), seen, time.GetUtcNow(), ct);
        rights.Forget();
    }

    /// <summary>What is hidden from who holds these permissions.</summary>
    internal static async Task<ConfidentialFields> HiddenFromAsync(PortalDb db, IEnumerable<string> permissions, CancellationToken ct) =>
        permissions.Contains(Permissions.ClientsConfidential) ? ConfidentialFields.None : Read(await db.ReadSettingAsync<string>(Key, ct));

    /// <summary>The first setting of an installation that has none.</summary>
    internal static SettingRow Row(ConfidentialFields marked, DateTimeOffset now) => SettingRow.Of(Key, marked.ToString(), now);

    private static ConfidentialFields Read(string? marked) => marked is null ? ConfidentialFields.None : Enum.Parse<ConfidentialFields>(marked);
}
