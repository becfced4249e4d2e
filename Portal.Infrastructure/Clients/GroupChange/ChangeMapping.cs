using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Clients.GroupChange;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.GroupChange;

internal sealed class ChangeOfManyMapping : IEntityTypeConfiguration<ChangeOfMany>
{
    public void Configure(EntityTypeBuilder<ChangeOfMany> entity)
    {
        entity.InSchema("clients").IsKind(ObjectKind.ChangeOfMany).HasWall(Wall.Internal);
        entity.Ignore(c => c.Change);
    }
}

internal sealed class ChangeLineMapping : IEntityTypeConfiguration<ChangeLine>
{
    public void Configure(EntityTypeBuilder<ChangeLine> entity)
    {
        // the change of each client stands in the audit under the client
        entity.InSchema("clients").NotAudited().HasWall(Wall.Internal).IsPartOf(ObjectKind.ChangeOfMany, nameof(ChangeLine.Change));
        entity.HasKey(l => new { l.Change, l.Ordinal });
    }
}
