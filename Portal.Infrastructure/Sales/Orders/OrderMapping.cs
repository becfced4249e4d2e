using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Offers;

namespace Portal.Infrastructure.Sales.Orders;

internal sealed class SalesOrderMapping : IEntityTypeConfiguration<SalesOrder>
{
    public void Configure(EntityTypeBuilder<SalesOrder> entity)
    {
        entity.InSchema("sales").IsKind(ObjectKind.Order).HasWall(Wall.Internal);
        entity.Ignore(o => o.Head).Ignore(o => o.Number).Ignore(o => o.IsOpen);
        entity.Property(o => o.Content).HasColumnType("json").HasConversion(content => OfferJson.Write(content), json => OfferJson.Read(json),
            // contents are replaced, never changed
            new ValueComparer<OfferContent>((a, b) => ReferenceEquals(a, b), content => content.GetHashCode(), content => content));
        entity.HasMany(o => o.Items).WithOne().HasForeignKey(i => i.Order);
    }
}

internal sealed class OrderItemMapping : IEntityTypeConfiguration<OrderItem>
{
    public void Configure(EntityTypeBuilder<OrderItem> entity)
    {
        entity.InSchema("sales").IsPartOf(ObjectKind.Order, nameof(OrderItem.Order)).HasWall(Wall.Internal);
        entity.Ignore(i => i.Open);
        entity.HasKey(i => new { i.Order, i.Line });
        entity.Property(i => i.Line).ValueGeneratedNever();
    }
}

internal sealed class ShipmentMapping : IEntityTypeConfiguration<Shipment>
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Converters = { new ProductIdConverter() } };

    public void Configure(EntityTypeBuilder<Shipment> entity)
    {
        entity.InSchema("sales").IsKind(ObjectKind.Shipment).HasWall(Wall.Internal);
        entity.Ignore(s => s.Head).Ignore(s => s.Number).Ignore(s => s.Orders);
        entity.Property(s => s.Lines).HasColumnType("jsonb").HasConversion(lines => JsonSerializer.Serialize(lines, Options), json => JsonSerializer.Deserialize<ShipmentLine[]>(json, Options)!,
            // lines are replaced, never changed
            new ValueComparer<IReadOnlyList<ShipmentLine>>((a, b) => ReferenceEquals(a, b), lines => lines.GetHashCode(), lines => lines));
    }
}

internal sealed class DeliveryMapping : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> entity)
    {
        entity.InSchema("sales").IsPartOf(ObjectKind.Shipment, nameof(Delivery.Shipment)).HasWall(Wall.Internal);
        entity.Ignore(d => d.IsTold);
        entity.ComplexProperty(d => d.Stop, stop => stop.Ignore(s => s.Point));
        entity.Property(d => d.Refused).HasColumnType("jsonb").HasConversion(lines => JsonSerializer.Serialize(lines, JsonSerializerOptions.Default), json => JsonSerializer.Deserialize<RefusedLine[]>(json, JsonSerializerOptions.Default)!,
            // lines are replaced, never changed
            new ValueComparer<IReadOnlyList<RefusedLine>>((a, b) => ReferenceEquals(a, b), lines => lines.GetHashCode(), lines => lines));
    }
}
