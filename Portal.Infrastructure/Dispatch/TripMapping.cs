using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

internal sealed class TripMapping : IEntityTypeConfiguration<Trip>
{
    public void Configure(EntityTypeBuilder<Trip> entity)
    {
        entity.IsKind(ObjectKind.Trip).HasWall(Wall.PartnerOwned);
        entity.ComplexProperty(t => t.Pickup, stop => stop.Ignore(s => s.Point));
        entity.ComplexProperty(t => t.Dropoff, stop => stop.Ignore(s => s.Point));
        entity.ComplexProperty(t => t.Needs);
        entity.Ignore(t => t.LastStanding);
        entity.HasMany(t => t.Events).WithOne().HasForeignKey("Trip");
    }
}

internal sealed class TripEventMapping : IEntityTypeConfiguration<TripEvent>
{
    public void Configure(EntityTypeBuilder<TripEvent> entity)
    {
        entity.NotAudited().HasWall(Wall.Internal);
        entity.Property<TripId>("Trip");
    }
}
