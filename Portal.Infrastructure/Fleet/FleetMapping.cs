using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

internal sealed class VehicleClassMapping : IEntityTypeConfiguration<VehicleClass>
{
    public void Configure(EntityTypeBuilder<VehicleClass> entity) => entity.IsKind(ObjectKind.VehicleClass).HasWall(Wall.Internal);
}

internal sealed class VehicleMapping : IEntityTypeConfiguration<Vehicle>
{
    public void Configure(EntityTypeBuilder<Vehicle> entity) => entity.IsKind(ObjectKind.Vehicle).HasWall(Wall.Internal);
}

internal sealed class DriverMapping : IEntityTypeConfiguration<Driver>
{
    public void Configure(EntityTypeBuilder<Driver> entity) => entity.IsKind(ObjectKind.Driver).HasWall(Wall.Internal);
}

internal sealed class ShiftMapping : IEntityTypeConfiguration<Shift>
{
    public void Configure(EntityTypeBuilder<Shift> entity)
    {
        entity.IsKind(ObjectKind.Shift).HasWall(Wall.Internal);
        entity.Ignore(s => s.IsOpen).Ignore(s => s.OnBreak);
        entity.HasMany(s => s.Breaks).WithOne().HasForeignKey("Shift");
        entity.Navigation(s => s.Breaks).AutoInclude();
    }
}

internal sealed class ShiftBreakMapping : IEntityTypeConfiguration<ShiftBreak>
{
    public void Configure(EntityTypeBuilder<ShiftBreak> entity)
    {
        entity.IsPartOf(ObjectKind.Shift, "Shift").HasWall(Wall.Internal);
        entity.Property<ShiftId>("Shift");
    }
}
