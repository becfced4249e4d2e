using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

internal sealed class TripMapping : IEntityTypeConfiguration<Trip>
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true };

    public void Configure(EntityTypeBuilder<Trip> entity)
    {
        entity.IsKind(ObjectKind.Trip).HasWall(Wall.PartnerOwned);
        entity.ComplexProperty(t => t.Pickup, stop => stop.Ignore(s => s.Point));
        entity.ComplexProperty(t => t.Dropoff, stop => stop.Ignore(s => s.Point));
        entity.ComplexProperty(t => t.Needs);
        entity.Ignore(t => t.LastStanding).Ignore(t => t.Way).Ignore(t => t.Order);
        entity.Property(t => t.Via).HasColumnType("jsonb").HasConversion(stops => JsonSerializer.Serialize(stops, Options), json => JsonSerializer.Deserialize<TripStop[]>(json, Options)!,
            // stops are replaced, never changed
            new ValueComparer<IReadOnlyList<TripStop>>((a, b) => ReferenceEquals(a, b), stops => stops.GetHashCode(), stops => stops));
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
