using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>A column the catalogue sorts by.</summary>
public enum ProductSort { Code, Name, Kind, Vat }

/// <summary>Which products to list. <paramref name="Group"/> means those below it too.</summary>
public sealed record ProductFilter(string? Text = null, ProductGroupId? Group = null, ProductKind? Kind = null, bool WithoutGroup = false, bool Archived = false);

/// <summary>A product as the catalogue shows it; <paramref name="Cost"/> only for readers of cost.</summary>
public sealed record ProductRow(ProductId Id, string Code, string Name, string? Group, ProductKind Kind, string Unit, decimal VatRate, Money? Cost, bool Archived);

/// <summary>A product that is offered while one types.</summary>
public sealed record ProductHint(ProductId Id, string Code, string Name, string Unit, IReadOnlyList<ProductUnit> Units, ProductKind Kind, decimal VatRate)
{
    /// <summary>Names of the units it is sold in, the base unit first.</summary>
    public IReadOnlyList<string> SoldIn => [Unit, .. Units.Select(u => u.Name)];
}

/// <summary>The catalogue, filtered, sorted and paged in SQL.</summary>
public sealed class ProductListQuery(IDbContextFactory<PortalDb> contexts)
{
    private const int Hints = 12;

    /// <summary>Products of a page of the list.</summary>
    public async Task<PageOf<ProductRow>> ListAsync(ProductFilter filter, ProductSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var tree = await GroupTree.ReadAsync(db, ct);
        var rows = Matching(db, filter, tree);
        var key = Key(sort);
        var page = await (descending ? rows.OrderByDescending(key) : rows.OrderBy(key)).ThenBy(p => p.Code)
            .Select(p => new { p.Id, p.Code, p.Name, p.Group, p.Kind, p.Unit, p.VatRate, p.Cost, p.CostCurrency, p.Archived }).PageAsync(slice, ct);
        var reads = actor.Can(Permissions.PricingCost);
        return new([.. page.Rows.Select(p => new ProductRow(p.Id, p.Code, p.Name, tree.Path(p.Group), p.Kind, p.Unit, p.VatRate, reads && p.Cost is { } cost ? new Money(cost, p.CostCurrency!) : null, p.Archived))], page.Total);
    }

    /// <summary>Ids of all that a filter finds, for what is done to many at once.</summary>
    public async Task<IReadOnlyList<ProductId>> IdsAsync(ProductFilter filter, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Matching(db, filter, await GroupTree.ReadAsync(db, ct)).OrderBy(p => p.Id).Select(p => p.Id).ToListAsync(ct);
    }

    /// <summary>Products in use whose code or name holds what was typed; those whose code begins with it first.</summary>
    public async Task<IReadOnlyList<ProductHint>> SuggestAsync(string text, Actor actor, CancellationToken ct)
    {
        RequireCatalogue(actor);
        if (string.IsNullOrWhiteSpace(text)) return [];
        await using var db = await contexts.CreateDbContextAsync(ct);
        var begins = LikePattern.Containing(text)[1..];
        return await Hint(Holding(db.Set<Product>().Where(p => !p.Archived), text).OrderByDescending(p => EF.Functions.ILike(p.Code, begins, LikePattern.Escape)).ThenBy(p => p.Code).Take(Hints)).ToListAsync(ct);
    }

    /// <summary>Products in use by their code.</summary>
    public async Task<IReadOnlyDictionary<string, ProductHint>> ByCodeAsync(IReadOnlyCollection<string> codes, Actor actor, CancellationToken ct)
    {
        RequireCatalogue(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Hint(db.Set<Product>().Where(p => codes.Contains(p.Code) && !p.Archived)).ToDictionaryAsync(p => p.Code, ct);
    }

    /// <summary>Products by their id, those no longer in use among them; one that is gone is left out.</summary>
    public async Task<IReadOnlyDictionary<ProductId, ProductHint>> ByIdAsync(IReadOnlyCollection<ProductId> products, Actor actor, CancellationToken ct)
    {
        RequireCatalogue(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Hint(db.Set<Product>().Where(p => products.Contains(p.Id))).ToDictionaryAsync(p => p.Id, ct);
    }

    // whoever moves goods names them, and learns no prices
    private static void RequireCatalogue(Actor actor)
    {
        if (!actor.Can(Permissions.StockRead)) actor.Require(Permissions.PricingRead);
    }

    internal static IQueryable<ProductHint> Hint(IQueryable<Product> products) => products.Select(p => new ProductHint(p.Id, p.Code, p.Name, p.Unit, p.Units, p.Kind, p.VatRate));

    private static IQueryable<Product> Matching(PortalDb db, ProductFilter filter, GroupTree tree)
    {
        var products = db.Set<Product>().AsNoTracking().Where(p => p.Archived == filter.Archived);
        if (filter.Kind is { } kind) products = products.Where(p => p.Kind == kind);
        if (filter.WithoutGroup) products = products.Where(p => p.Group == null);
        else if (filter.Group is { } group)
        {
            var groups = tree.Down(group).Select(g => (ProductGroupId?)g.Id).ToList();
            products = products.Where(p => groups.Contains(p.Group));
        }
        return Holding(products, filter.Text);
    }

    internal static IQueryable<Product> Holding(IQueryable<Product> products, string? text) =>
        SearchWords.Readings(text) is { Count: > 0 } readings ? products.Where(SearchWords.Any<Product>(readings, pattern => p => EF.Functions.Like(SearchLetters.Of(p.Code + " " + p.Name), pattern, LikePattern.Escape))) : products;

    private static Expression<Func<Product, object?>> Key(ProductSort sort) => sort switch
    {
        ProductSort.Name => p => p.Name,
        ProductSort.Kind => p => p.Kind,
        ProductSort.Vat => p => p.VatRate,
        _ => p => p.Code,
    };
}
