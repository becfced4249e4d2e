using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

internal sealed class MapLayerMapping : IEntityTypeConfiguration<MapLayer>
{
    public void Configure(EntityTypeBuilder<MapLayer> entity) => entity.IsKind(ObjectKind.MapLayer).HasWall(Wall.Public);
}

internal sealed class MapLayerContentMapping : IEntityTypeConfiguration<MapLayerContent>
{
    // The layer's own row holds the hash of the content, so its audit tells that the file changed.
    public void Configure(EntityTypeBuilder<MapLayerContent> entity)
    {
        entity.HasKey(content => content.Layer);
        entity.HasWall(Wall.Public).NotAudited();
    }
}
