using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Stock;

// cards, months and movements are written by StockPosting alone, in SQL
internal sealed class WarehouseMapping : IEntityTypeConfiguration<Warehouse>
{
    public void Configure(EntityTypeBuilder<Warehouse> entity) => entity.IsKind(ObjectKind.Warehouse).HasWall(Wall.Internal);
}

internal sealed class ReserveMapping : IEntityTypeConfiguration<Reserve>
{
    public void Configure(EntityTypeBuilder<Reserve> entity) => entity.HasWall(Wall.Internal);
}

internal sealed class StockDocumentMapping : IEntityTypeConfiguration<StockDocument>
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Converters = { new ProductIdConverter() } };

    public void Configure(EntityTypeBuilder<StockDocument> entity)
    {
        entity.IsKind(ObjectKind.StockDocument).HasWall(Wall.Internal);
        entity.Ignore(d => d.Head).Ignore(d => d.Number);
        entity.Property(d => d.Lines).HasColumnType("jsonb").HasConversion(lines => JsonSerializer.Serialize(lines, Options), json => JsonSerializer.Deserialize<StockDocumentLine[]>(json, Options)!,
            // lines are replaced, never changed
            new ValueComparer<IReadOnlyList<StockDocumentLine>>((a, b) => ReferenceEquals(a, b), lines => lines.GetHashCode(), lines => lines));
    }
}
