using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Leads;

internal sealed class LeadMapping : IEntityTypeConfiguration<Lead>
{
    public void Configure(EntityTypeBuilder<Lead> entity)
    {
        entity.InSchema("sales").IsKind(ObjectKind.Lead).HasWall(Wall.Internal);
        entity.Ignore(l => l.Contact);
        entity.Ignore(l => l.Tool);
        entity.Ignore(l => l.IsOpen);
    }
}

internal sealed class LeadEventMapping : IEntityTypeConfiguration<LeadEvent>
{
    public void Configure(EntityTypeBuilder<LeadEvent> entity) => entity.InSchema("sales").NotAudited().IsPartOf(ObjectKind.Lead, nameof(LeadEvent.Lead)).HasWall(Wall.Internal);
}

internal sealed class LeadStreamMapping : IEntityTypeConfiguration<LeadStream>
{
    public void Configure(EntityTypeBuilder<LeadStream> entity) => entity.InSchema("sales").IsKind(ObjectKind.LeadStream).HasWall(Wall.Internal);
}

internal sealed class LeadFormMapping : IEntityTypeConfiguration<LeadForm>
{
    public void Configure(EntityTypeBuilder<LeadForm> entity)
    {
        entity.InSchema("sales").IsKind(ObjectKind.LeadForm).HasWall(Wall.Internal);
        entity.Property(f => f.Words).HasColumnType("jsonb").HasConversion(
            words => JsonSerializer.Serialize(words, JsonSerializerOptions.Default), json => JsonSerializer.Deserialize<Dictionary<string, LeadFormWords>>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<Dictionary<string, LeadFormWords>>((a, b) => a!.Count == b!.Count && !a.Except(b).Any(), words => words.Count, words => new(words)));
    }
}

internal sealed class NeedQuestionMapping : IEntityTypeConfiguration<NeedQuestion>
{
    public void Configure(EntityTypeBuilder<NeedQuestion> entity) => entity.InSchema("sales").IsKind(ObjectKind.NeedQuestion).HasWall(Wall.Internal);
}

internal sealed class NeedAnswerMapping : IEntityTypeConfiguration<NeedAnswer>
{
    public void Configure(EntityTypeBuilder<NeedAnswer> entity)
    {
        entity.InSchema("sales").IsPartOf(ObjectKind.Lead, nameof(NeedAnswer.Lead)).HasWall(Wall.Internal);
        entity.HasKey(a => new { a.Lead, a.Question });
    }
}

internal sealed class LeadTerritoryMapping : IEntityTypeConfiguration<LeadTerritory>
{
    public void Configure(EntityTypeBuilder<LeadTerritory> entity) => entity.InSchema("sales").IsKind(ObjectKind.LeadTerritory).HasWall(Wall.Internal);
}
