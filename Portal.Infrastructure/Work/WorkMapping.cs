using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

internal sealed class AssignmentMapping : IEntityTypeConfiguration<Assignment>
{
    public void Configure(EntityTypeBuilder<Assignment> entity)
    {
        entity.IsKind(ObjectKind.Assignment).HasWall(Wall.Internal);
        entity.Ignore(a => a.IsOpen).Ignore(a => a.About).Ignore(a => a.Spent);
        entity.HasMany(a => a.Events).WithOne().HasForeignKey("Assignment");
        entity.HasMany(a => a.Times).WithOne().HasForeignKey("Assignment");
    }
}

internal sealed class AssignmentEventMapping : IEntityTypeConfiguration<AssignmentEvent>
{
    public void Configure(EntityTypeBuilder<AssignmentEvent> entity)
    {
        entity.NotAudited().HasWall(Wall.Internal);
        entity.Property<AssignmentId>("Assignment");
    }
}

internal sealed class TimeEntryMapping : IEntityTypeConfiguration<TimeEntry>
{
    public void Configure(EntityTypeBuilder<TimeEntry> entity)
    {
        entity.HasWall(Wall.Internal);
        entity.Property<AssignmentId>("Assignment");
    }
}

internal sealed class HandoverReportMapping : IEntityTypeConfiguration<HandoverReport>
{
    public void Configure(EntityTypeBuilder<HandoverReport> entity) => entity.NotAudited().HasWall(Wall.Internal);
}

internal sealed class HandoverLineMapping : IEntityTypeConfiguration<HandoverLine>
{
    public void Configure(EntityTypeBuilder<HandoverLine> entity)
    {
        entity.NotAudited().HasWall(Wall.Internal);
        entity.HasKey(l => new { l.Handover, l.Ordinal });
        entity.Property(l => l.Ordinal).ValueGeneratedNever();
    }
}

internal sealed class CommentMapping : IEntityTypeConfiguration<Comment>
{
    public void Configure(EntityTypeBuilder<Comment> entity) => entity.IsKind(ObjectKind.Comment).HasWall(Wall.Internal);
}

internal sealed class StoredFileMapping : IEntityTypeConfiguration<StoredFile>
{
    public void Configure(EntityTypeBuilder<StoredFile> entity) => entity.IsKind(ObjectKind.StoredFile).HasWall(Wall.Internal);
}

internal sealed class MailPreferenceMapping : IEntityTypeConfiguration<MailPreference>
{
    public void Configure(EntityTypeBuilder<MailPreference> entity)
    {
        entity.IsKind(ObjectKind.MailPreference).HasWall(Wall.Internal);
        entity.HasKey(p => p.User);
    }
}

internal sealed class ApiTokenMapping : IEntityTypeConfiguration<ApiToken>
{
    public void Configure(EntityTypeBuilder<ApiToken> entity) => entity.IsKind(ObjectKind.ApiToken).HasWall(Wall.Internal);
}

internal sealed class ObjectTagMapping : IEntityTypeConfiguration<ObjectTag>
{
    public void Configure(EntityTypeBuilder<ObjectTag> entity) => entity.HasWall(Wall.Internal);
}
