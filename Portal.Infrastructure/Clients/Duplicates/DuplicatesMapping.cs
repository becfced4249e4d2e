using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

internal sealed class DuplicateRunMapping : IEntityTypeConfiguration<DuplicateRun>
{
    public void Configure(EntityTypeBuilder<DuplicateRun> entity) =>
        entity.InSchema("clients").IsKind(ObjectKind.DuplicateRun).HasWall(Wall.Internal).Ignore(r => r.Searcher);
}

internal sealed class FoundPairMapping : IEntityTypeConfiguration<FoundPair>
{
    public void Configure(EntityTypeBuilder<FoundPair> entity)
    {
        entity.InSchema("clients").IsKind(ObjectKind.FoundPair).HasWall(Wall.Internal);
        entity.Ignore(p => p.IsOpen);
        entity.Property(p => p.Reasons).HasColumnType("jsonb");
    }
}

internal sealed class MergeMapping : IEntityTypeConfiguration<Merge>
{
    public void Configure(EntityTypeBuilder<Merge> entity)
    {
        entity.InSchema("clients").IsKind(ObjectKind.Merge).HasWall(Wall.Internal);
        entity.Property(m => m.Changes).HasColumnType("jsonb");
    }
}

internal sealed class MergeMoveMapping : IEntityTypeConfiguration<MergeMove>
{
    public void Configure(EntityTypeBuilder<MergeMove> entity)
    {
        // the merge is in the audit, and so is each row that it moved
        entity.InSchema("clients").NotAudited().HasWall(Wall.Internal);
        entity.Property(m => m.Keys).HasColumnType("jsonb");
    }
}
