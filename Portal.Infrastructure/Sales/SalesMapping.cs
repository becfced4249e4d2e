using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales;

internal sealed class PipelineMapping : IEntityTypeConfiguration<Pipeline>
{
    public void Configure(EntityTypeBuilder<Pipeline> entity) => entity.IsKind(ObjectKind.Pipeline).HasWall(Wall.Internal);
}

internal sealed class StageMapping : IEntityTypeConfiguration<Stage>
{
    public void Configure(EntityTypeBuilder<Stage> entity) => entity.HasWall(Wall.Internal).IsPartOf(ObjectKind.Pipeline, nameof(Stage.Pipeline));
}

internal sealed class LeadSourceMapping : IEntityTypeConfiguration<LeadSource>
{
    public void Configure(EntityTypeBuilder<LeadSource> entity) => entity.IsKind(ObjectKind.LeadSource).HasWall(Wall.Internal);
}

internal sealed class LossReasonMapping : IEntityTypeConfiguration<LossReason>
{
    public void Configure(EntityTypeBuilder<LossReason> entity) => entity.IsKind(ObjectKind.LossReason).HasWall(Wall.Internal);
}

internal sealed class DealMapping : IEntityTypeConfiguration<Deal>
{
    public void Configure(EntityTypeBuilder<Deal> entity)
    {
        entity.IsKind(ObjectKind.Deal).HasWall(Wall.Internal);
        entity.Ignore(d => d.Weighted);
        entity.HasMany(d => d.Stages).WithOne().HasForeignKey(s => s.Deal);
        entity.HasMany(d => d.Members).WithOne().HasForeignKey(m => m.Deal);
    }
}

internal sealed class DealStageMapping : IEntityTypeConfiguration<DealStage>
{
    public void Configure(EntityTypeBuilder<DealStage> entity)
    {
        entity.NotAudited().HasWall(Wall.Internal).IsPartOf(ObjectKind.Deal, nameof(DealStage.Deal));
        entity.HasKey(s => new { s.Deal, s.Seq });
        entity.Property(s => s.Seq).ValueGeneratedNever();
    }
}

internal sealed class DealMemberMapping : IEntityTypeConfiguration<DealMember>
{
    public void Configure(EntityTypeBuilder<DealMember> entity)
    {
        entity.HasWall(Wall.Internal).IsPartOf(ObjectKind.Deal, nameof(DealMember.Deal));
        entity.HasKey(m => new { m.Deal, m.User });
        entity.Property(m => m.User).ValueGeneratedNever();
    }
}

internal sealed class DealCompetitorMapping : IEntityTypeConfiguration<DealCompetitor>
{
    public void Configure(EntityTypeBuilder<DealCompetitor> entity) => entity.HasWall(Wall.Internal).IsPartOf(ObjectKind.Deal, nameof(DealCompetitor.Deal));
}
