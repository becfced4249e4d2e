using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Imports;

internal sealed class ImportRunMapping : IEntityTypeConfiguration<ImportRun>
{
    public void Configure(EntityTypeBuilder<ImportRun> entity)
    {
        entity.IsKind(ObjectKind.Import).HasWall(Wall.Internal);
        entity.Ignore(r => r.Importer).Ignore(r => r.Bringer).Ignore(r => r.IsWorking).Ignore(r => r.IsEnded).Ignore(r => r.Remaining).Ignore(r => r.TakenBefore).Ignore(r => r.IsDiscarded);
        entity.Property(r => r.State).HasConversion<string>();
        entity.Property(r => r.Duplicates).HasConversion<string>();
        entity.Property(r => r.Decimals).HasConversion<string>();
        entity.Property(r => r.Map).AsJson();
        entity.Property(r => r.Notes).AsJson();
    }
}

internal sealed class RememberedMapMapping : IEntityTypeConfiguration<RememberedMap>
{
    public void Configure(EntityTypeBuilder<RememberedMap> entity)
    {
        entity.HasKey(m => new { m.Kind, m.Signature });
        entity.NotAudited().HasWall(Wall.Internal);
        entity.Property(m => m.Map).AsJson();
        entity.Property(m => m.Decimals).HasConversion<string>();
    }
}

internal static class JsonColumn
{
    public static void AsJson(this PropertyBuilder<Dictionary<string, int>> property) => property.HasColumnType("jsonb").HasConversion(
        value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
        text => JsonSerializer.Deserialize<Dictionary<string, int>>(text, JsonSerializerOptions.Default)!,
        new ValueComparer<Dictionary<string, int>>(
            (a, b) => a!.Count == b!.Count && !a.Except(b).Any(),
            value => value.Aggregate(0, (hash, pair) => hash ^ pair.GetHashCode()),
            value => new Dictionary<string, int>(value)));
}
