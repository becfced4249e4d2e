using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>Settings of the installation, each a value under a feature's key. One that nobody has set yet has version 0 and no value: the feature's defaults hold.</summary>
internal static class StoredSettings
{
    /// <summary>The setting in force, null where nobody has set it.</summary>
    public static async Task<T?> ReadSettingAsync<T>(this PortalDb db, string key, CancellationToken ct) where T : class => (await db.SeeSettingAsync<T>(key, ct)).Value;

    /// <summary>The setting in force and its version, to be changed by a person.</summary>
    public static async Task<(T? Value, uint Version)> SeeSettingAsync<T>(this PortalDb db, string key, CancellationToken ct) where T : class =>
        await db.Set<SettingRow>().AsNoTracking().SingleOrDefaultAsync(s => s.Key == key, ct) is { } row ? (JsonSerializer.Deserialize<T>(row.Value), row.Version) : default;

    /// <summary>Puts another value in force over the one that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c></exception>
    public static async Task ChangeSettingAsync<T>(this PortalDb db, string key, T value, uint seen, DateTimeOffset now, CancellationToken ct) where T : class
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // the first to set it has no row to lock
        await db.TakeTurnAsync($"setting.{key}", ct);
        if (await db.Set<SettingRow>().SingleOrDefaultAsync(s => s.Key == key, ct) is { } row)
        {
            db.ExpectVersion(row, seen);
            (row.Value, row.ChangedAt) = (JsonSerializer.Serialize(value), now);
        }
        else db.Add(SettingRow.Of(key, value, now));
        await db.SaveOrExplainAsync(new(ObjectKind.Setting, Guid.Empty), ct);
        await transaction.CommitAsync(ct);
    }
}
