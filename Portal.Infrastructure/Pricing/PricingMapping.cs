using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

internal sealed class ProductMapping : IEntityTypeConfiguration<Product>
{
    public void Configure(EntityTypeBuilder<Product> entity)
    {
        entity.IsKind(ObjectKind.Product).HasWall(Wall.Internal);
        entity.Property(p => p.Units).IsJson();
        entity.Property(p => p.Characteristics).IsJson();
    }
}

internal static class JsonList
{
    public static void IsJson<T>(this PropertyBuilder<IReadOnlyList<T>> property) => property.HasColumnType("jsonb").HasConversion(
        list => JsonSerializer.Serialize(list, JsonSerializerOptions.Default), json => JsonSerializer.Deserialize<List<T>>(json, JsonSerializerOptions.Default)!,
        new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list));
}

internal sealed class ProductGroupMapping : IEntityTypeConfiguration<ProductGroup>
{
    public void Configure(EntityTypeBuilder<ProductGroup> entity) => entity.IsKind(ObjectKind.ProductGroup).HasWall(Wall.Internal);
}

internal sealed class KitPartMapping : IEntityTypeConfiguration<KitPart>
{
    public void Configure(EntityTypeBuilder<KitPart> entity) =>
        entity.IsPartOf(ObjectKind.Product, nameof(KitPart.Kit)).HasWall(Wall.Internal).HasKey(p => new { p.Kit, p.Part });
}

internal sealed class PriceListMapping : IEntityTypeConfiguration<PriceList>
{
    public void Configure(EntityTypeBuilder<PriceList> entity) => entity.IsKind(ObjectKind.PriceList).HasWall(Wall.Internal).Ignore(l => l.Terms);
}

internal sealed class ListPriceMapping : IEntityTypeConfiguration<ListPrice>
{
    public void Configure(EntityTypeBuilder<ListPrice> entity) =>
        entity.IsPartOf(ObjectKind.PriceList, nameof(ListPrice.List)).HasWall(Wall.Internal).HasKey(p => new { p.List, p.Product, p.Unit, p.FromQuantity });
}

internal sealed class PriceRaiseMapping : IEntityTypeConfiguration<PriceRaise>
{
    public void Configure(EntityTypeBuilder<PriceRaise> entity) => entity.IsPartOf(ObjectKind.PriceList, nameof(PriceRaise.List)).HasWall(Wall.Internal);
}

internal sealed class DiscountRuleMapping : IEntityTypeConfiguration<DiscountRule>
{
    public void Configure(EntityTypeBuilder<DiscountRule> entity) => entity.IsKind(ObjectKind.DiscountRule).HasWall(Wall.Internal).Ignore(d => d.Terms);
}

internal sealed class PriceDecisionMapping : IEntityTypeConfiguration<PriceDecision>
{
    public void Configure(EntityTypeBuilder<PriceDecision> entity)
    {
        entity.NotAudited().HasWall(Wall.Internal);
        entity.Property(d => d.Marks).IsJson();
    }
}
