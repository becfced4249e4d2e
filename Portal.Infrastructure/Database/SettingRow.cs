using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>A setting of the installation: a JSON value under a feature's key.</summary>
public sealed class SettingRow
{
    public string Key { get; init; } = "";
    public string Value { get; set; } = "";
    public DateTimeOffset ChangedAt { get; set; }
    public uint Version { get; private set; }

    /// <summary>A setting that nobody has set yet.</summary>
    internal static SettingRow Of<T>(string key, T value, DateTimeOffset now) => new() { Key = key, Value = JsonSerializer.Serialize(value), ChangedAt = now };
}

internal sealed class SettingMapping : IEntityTypeConfiguration<SettingRow>
{
    public void Configure(EntityTypeBuilder<SettingRow> entity)
    {
        entity.InSchema("core", "setting").IsKind(ObjectKind.Setting).HasWall(Wall.Internal);
        entity.HasKey(s => s.Key);
        entity.Property(s => s.Value).HasColumnType("jsonb");
    }
}
