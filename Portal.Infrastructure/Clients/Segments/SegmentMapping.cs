using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Segments;

internal sealed class SegmentMapping : IEntityTypeConfiguration<Segment>
{
    public void Configure(EntityTypeBuilder<Segment> entity)
    {
        entity.InSchema("clients").IsKind(ObjectKind.Segment).HasWall(Wall.Internal);
        entity.Ignore(s => s.IsStatic);
        entity.Property(s => s.Condition).HasColumnType("jsonb").HasConversion(
            condition => ConditionJson.Write(condition), json => ConditionJson.Read(json),
            new ValueComparer<ConditionGroup>((a, b) => ConditionJson.Write(a!) == ConditionJson.Write(b!), condition => ConditionJson.Write(condition).GetHashCode(), condition => condition));
    }
}

internal sealed class SegmentMemberMapping : IEntityTypeConfiguration<SegmentMember>
{
    public void Configure(EntityTypeBuilder<SegmentMember> entity)
    {
        entity.InSchema("clients").HasWall(Wall.Internal).IsPartOf(ObjectKind.Segment, nameof(SegmentMember.Segment));
        entity.HasKey(m => new { m.Segment, m.Partner });
    }
}
