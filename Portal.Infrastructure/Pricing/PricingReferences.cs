using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>What lists and discounts may name.</summary>
internal static class PricingReferences
{
    /// <summary>Refuses a segment that is not shared by all, and an agreement beyond reach; one that stood there before may stay.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c>, <c>clients.agreement-unknown</c></exception>
    public static async Task RequireClientsAsync(this PortalDb db, SegmentId? segment, AgreementId? agreement, Actor actor, CancellationToken ct)
    {
        if (segment is { } of && !await db.Set<Segment>().AnyAsync(s => s.Id == of && s.Shared, ct)) throw new RuleBrokenException("segments.unknown");
        if (agreement is { } under && !await Reached(db, actor).AnyAsync(a => a.Id == under && !a.Archived, ct)) throw new RuleBrokenException("clients.agreement-unknown");
    }

    /// <summary>Agreements with clients within reach.</summary>
    public static IQueryable<Agreement> Reached(PortalDb db, Actor actor)
    {
        var clients = db.Set<Partner>().Within(actor);
        return db.Set<Agreement>().Where(a => clients.Any(p => p.Id == a.Partner));
    }

    /// <summary>Refuses a product that is not there.</summary>
    public static async Task RequireProductAsync(this PortalDb db, ProductId? product, CancellationToken ct)
    {
        if (product is { } id && !await db.Set<Product>().AnyAsync(p => p.Id == id, ct)) throw new RuleBrokenException("pricing.product-unknown");
    }
}
