using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Sales;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Sold;

// the lines are themselves the record of what was sold
internal sealed class SaleLineMapping : IEntityTypeConfiguration<SaleLine>
{
    public void Configure(EntityTypeBuilder<SaleLine> entity)
    {
        entity.NotAudited().HasWall(Wall.Internal);
        entity.Property(l => l.Id).ValueGeneratedOnAdd();
    }
}
