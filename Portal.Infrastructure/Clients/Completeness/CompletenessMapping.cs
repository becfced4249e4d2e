using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Clients.Completeness;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Completeness;

internal sealed class CompletenessRuleMapping : IEntityTypeConfiguration<CompletenessRule>
{
    public void Configure(EntityTypeBuilder<CompletenessRule> entity)
    {
        entity.InSchema("clients").IsKind(ObjectKind.CompletenessRule).HasWall(Wall.Internal);
        entity.Property(r => r.Weights).HasColumnType("jsonb").HasConversion(
            weights => JsonSerializer.Serialize(weights, JsonSerializerOptions.Default), json => JsonSerializer.Deserialize<Dictionary<string, int>>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<Dictionary<string, int>>((a, b) => a!.Count == b!.Count && !a.Except(b).Any(), weights => weights.Count, weights => new(weights)));
    }
}
