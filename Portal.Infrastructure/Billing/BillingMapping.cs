using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Billing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Billing;

internal sealed class InvoiceMapping : IEntityTypeConfiguration<Invoice>
{
    public void Configure(EntityTypeBuilder<Invoice> entity)
    {
        entity.InSchema("billing").IsKind(ObjectKind.Invoice).HasWall(Wall.Internal);
        entity.Ignore(i => i.Number).Ignore(i => i.IsInForce).Ignore(i => i.Open);
        entity.Property(i => i.Lines).HasColumnType("jsonb").HasConversion(lines => JsonSerializer.Serialize(lines, JsonSerializerOptions.Default), json => JsonSerializer.Deserialize<InvoiceLine[]>(json, JsonSerializerOptions.Default)!,
            // lines are said once, never changed
            new ValueComparer<IReadOnlyList<InvoiceLine>>((a, b) => ReferenceEquals(a, b), lines => lines.GetHashCode(), lines => lines));
    }
}

internal sealed class PaymentMapping : IEntityTypeConfiguration<Payment>
{
    public void Configure(EntityTypeBuilder<Payment> entity)
    {
        entity.InSchema("billing").IsKind(ObjectKind.Payment).HasWall(Wall.Internal);
        entity.Ignore(p => p.Number).Ignore(p => p.Free);
    }
}

internal sealed class AllocationMapping : IEntityTypeConfiguration<Allocation>
{
    public void Configure(EntityTypeBuilder<Allocation> entity) => entity.InSchema("billing").IsPartOf(ObjectKind.Payment, nameof(Allocation.Payment)).HasWall(Wall.Internal);
}

internal sealed class CreditReleaseMapping : IEntityTypeConfiguration<CreditRelease>
{
    public void Configure(EntityTypeBuilder<CreditRelease> entity)
    {
        entity.InSchema("billing").IsPartOf(ObjectKind.Shipment, nameof(CreditRelease.Shipment)).HasWall(Wall.Internal);
        entity.HasKey(r => r.Shipment);
        entity.Property(r => r.Goods).HasColumnType("jsonb").HasConversion(goods => JsonSerializer.Serialize(goods, JsonSerializerOptions.Default), json => JsonSerializer.Deserialize<ReleasedGoods[]>(json, JsonSerializerOptions.Default)!,
            // goods are said anew, never changed
            new ValueComparer<IReadOnlyList<ReleasedGoods>>((a, b) => ReferenceEquals(a, b), goods => goods.GetHashCode(), goods => goods));
    }
}

internal sealed class InvoiceReminderMapping : IEntityTypeConfiguration<InvoiceReminder>
{
    public void Configure(EntityTypeBuilder<InvoiceReminder> entity)
    {
        entity.InSchema("billing").IsPartOf(ObjectKind.Invoice, nameof(InvoiceReminder.Invoice)).HasWall(Wall.Internal);
        entity.HasKey(r => new { r.Invoice, r.AfterDays });
    }
}

internal sealed class ReminderStopMapping : IEntityTypeConfiguration<ReminderStop>
{
    public void Configure(EntityTypeBuilder<ReminderStop> entity) => entity.InSchema("billing").IsPartOf(ObjectKind.Partner, nameof(ReminderStop.Partner)).HasWall(Wall.Internal);
}
