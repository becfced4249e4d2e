using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>A product as it becomes a line.</summary>
/// <param name="Units">the base unit first</param>
public sealed record OfferProduct(ProductId Id, string Code, string Name, IReadOnlyList<string> Units, decimal VatRate);

/// <summary>Finds products for the lines of an offer.</summary>
public sealed class OfferProductsQuery(IDbContextFactory<PortalDb> contexts)
{
    private const int Hints = 12;

    /// <summary>Products in use whose code or name holds what was typed; those whose code begins with it first.</summary>
    public async Task<IReadOnlyList<OfferProduct>> SuggestAsync(string text, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        if (string.IsNullOrWhiteSpace(text)) return [];
        await using var db = await contexts.CreateDbContextAsync(ct);
        var begins = LikePattern.Containing(text)[1..];
        var rows = await ProductListQuery.Holding(db.Set<Product>().AsNoTracking().Where(p => !p.Archived), text)
            .OrderByDescending(p => EF.Functions.ILike(p.Code, begins, LikePattern.Escape)).ThenBy(p => p.Code).Take(Hints).ToListAsync(ct);
        return rows.ConvertAll(Of);
    }

    /// <summary>Products in use by their code.</summary>
    public async Task<IReadOnlyDictionary<string, OfferProduct>> ByCodeAsync(IReadOnlyCollection<string> codes, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await db.Set<Product>().AsNoTracking().Where(p => codes.Contains(p.Code) && !p.Archived).ToListAsync(ct)).ToDictionary(p => p.Code, Of);
    }

    /// <summary>The units of products; those that are gone are left out.</summary>
    public async Task<IReadOnlyDictionary<ProductId, IReadOnlyList<string>>> UnitsAsync(IReadOnlyCollection<ProductId> products, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await db.Set<Product>().AsNoTracking().Where(p => products.Contains(p.Id)).ToListAsync(ct)).ToDictionary(p => p.Id, p => Of(p).Units);
    }

    private static OfferProduct Of(Product p) => new(p.Id, p.Code, p.Name, [p.Unit, .. p.Units.Select(u => u.Name)], p.VatRate);
}
