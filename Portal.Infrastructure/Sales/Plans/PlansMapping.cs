using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Plans;

internal sealed class SalesPlanMapping : IEntityTypeConfiguration<SalesPlan>
{
    public void Configure(EntityTypeBuilder<SalesPlan> entity) => entity.InSchema("sales").IsKind(ObjectKind.SalesPlan).HasWall(Wall.Internal);
}

internal sealed class CalendarDayMapping : IEntityTypeConfiguration<CalendarDay>
{
    public void Configure(EntityTypeBuilder<CalendarDay> entity) => entity.InSchema("sales").HasWall(Wall.Internal);
}
