using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

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
