using System.Text.Json;
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
        return await db.Set<SettingRow>().AsNoTracking().SingleOrDefaultAsync(s => s.Key == Key, ct) is { } row ? (Read(row.Value), row.Version) : default;
    }

    /// <summary>Marks these fields and no others; counts at once.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(ConfidentialFields marked, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.SettingsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // the first to set them has no row to lock
        await db.TakeTurnAsync(Key, ct);
        var row = await db.Set<SettingRow>().SingleOrDefaultAsync(s => s.Key == Key, ct);
        if (row is null) db.Add(Row(marked, time.GetUtcNow()));
        else
        {
            db.ExpectVersion(row, seen);
            (row.Value, row.ChangedAt) = (Written(marked), time.GetUtcNow());
        }
        await db.SaveOrExplainAsync(new(ObjectKind.Setting, Guid.Empty), ct);
        await transaction.CommitAsync(ct);
        rights.Forget();
    }

    /// <summary>What is hidden from who holds these permissions.</summary>
    internal static async Task<ConfidentialFields> HiddenFromAsync(PortalDb db, IEnumerable<string> permissions, CancellationToken ct) =>
        permissions.Contains(Permissions.ClientsConfidential) ? ConfidentialFields.None
        : await db.Set<SettingRow>().Where(s => s.Key == Key).Select(s => s.Value).SingleOrDefaultAsync(ct) is { } value ? Read(value) : ConfidentialFields.None;

    /// <summary>The first setting of an installation that has none.</summary>
    internal static SettingRow Row(ConfidentialFields marked, DateTimeOffset now) => new() { Key = Key, Value = Written(marked), ChangedAt = now };

    private static string Written(ConfidentialFields marked) => JsonSerializer.Serialize(marked.ToString());

    private static ConfidentialFields Read(string value) => Enum.Parse<ConfidentialFields>(JsonSerializer.Deserialize<string>(value)!);
}
