using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Processes;

internal sealed class ProcessDefinitionMapping : IEntityTypeConfiguration<ProcessDefinition>
{
    public void Configure(EntityTypeBuilder<ProcessDefinition> entity)
    {
        entity.InSchema("process", "definition").IsKind(ObjectKind.ProcessDefinition).HasWall(Wall.Internal);
        entity.Property(d => d.Revision).IsConcurrencyToken();
        entity.Property(d => d.Name).HasColumnType("jsonb");
    }
}

internal sealed class SubstitutionMapping : IEntityTypeConfiguration<Substitution>
{
    public void Configure(EntityTypeBuilder<Substitution> entity) =>
        entity.InSchema("process").IsKind(ObjectKind.Substitution).HasWall(Wall.Internal);
}

internal sealed class InstanceMapping : IEntityTypeConfiguration<InstanceRow>
{
    public void Configure(EntityTypeBuilder<InstanceRow> entity)
    {
        // the runner writes its own audit row for every command of a person
        entity.InSchema("process", "instance").NotAudited().HasWall(Wall.Internal);
        entity.Property(i => i.State).HasColumnType("jsonb");
        entity.Property(i => i.Status).HasConversion<string>();
    }
}

internal sealed class TaskMapping : IEntityTypeConfiguration<TaskRow>
{
    public void Configure(EntityTypeBuilder<TaskRow> entity)
    {
        entity.InSchema("process", "task").IsKind(ObjectKind.ProcessTask).HasWall(Wall.Internal);
        entity.Property(t => t.Title).HasColumnType("jsonb");
        entity.Property(t => t.Given).HasColumnType("jsonb");
        entity.Property(t => t.Outcome).HasConversion<string>();
    }
}

internal sealed class IncidentMapping : IEntityTypeConfiguration<IncidentRow>
{
    public void Configure(EntityTypeBuilder<IncidentRow> entity) => entity.InSchema("process", "incident").NotAudited().HasWall(Wall.Internal);
}

internal sealed class HistoryMapping : IEntityTypeConfiguration<HistoryRow>
{
    public void Configure(EntityTypeBuilder<HistoryRow> entity)
    {
        entity.InSchema("process", "history").NotAudited().HasWall(Wall.Internal);
        entity.HasKey(h => new { h.Instance, h.Ordinal, h.At });
        entity.Property(h => h.Kind).HasConversion<string>();
    }
}
