using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>Keeps price lists and what stands in them. All methods need <see cref="Permissions.PricingManage"/>; prices over cost need <see cref="Permissions.PricingCost"/> too.</summary>
public sealed class PriceListRegistry(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Opens a list.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.list-name-taken</c>, <c>pricing.list-unknown</c> for its base, <c>pricing.list-in-circle</c>, <c>segments.unknown</c>, <c>clients.agreement-unknown</c>, and what the entity refuses</exception>
    public async Task<PriceListId> AddAsync(PriceListTerms terms, Actor actor, CancellationToken ct)
    {
        var list = new PriceList(PriceListId.New(), terms);
        await InTurnAsync(actor, list.Id, async db =>
        {
            RequireCost(terms, actor);
            await db.RequireClientsAsync(terms.Segment, terms.Agreement, actor, ct);
            db.Add(list);
            await CheckAsync(db, list, ct);
        }, ct);
        return list.Id;
    }

    /// <summary>Changes a list that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>pricing.list-unknown</c>, <c>shared.changed-by</c></exception>
    public Task ChangeAsync(PriceListId id, PriceListTerms terms, uint seen, Actor actor, CancellationToken ct) =>
        InTurnAsync(actor, id, async db =>
        {
            var list = await TakeAsync(db, id, ct);
            db.ExpectVersion(list, seen);
            // who does not read cost has not seen the markup over it, and leaves it as it is
            if (list.Basis == PriceBasis.OverCost && terms.Basis == PriceBasis.OverCost && !actor.Can(Permissions.PricingCost)) terms = terms with { Markup = list.Markup };
            else RequireCost(terms, actor);
            await db.RequireClientsAsync(list.Segment == terms.Segment ? null : terms.Segment, list.Agreement == terms.Agreement ? null : terms.Agreement, actor, ct);
            list.Agree(terms);
            await CheckAsync(db, list, ct);
        }, ct);

    /// <summary>Lets a list hold no longer, unless another is reckoned from it; or brings it back.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.list-unknown</c>, <c>pricing.list-is-base</c>, <c>pricing.list-name-taken</c></exception>
    public Task SetArchivedAsync(PriceListId id, bool archived, Actor actor, CancellationToken ct) =>
        InTurnAsync(actor, id, async db =>
        {
            var list = await TakeAsync(db, id, ct);
            if (archived && await db.Set<PriceList>().Where(l => l.Base == id && !l.Archived).Select(l => l.Name).FirstOrDefaultAsync(ct) is { } other) throw new RuleBrokenException("pricing.list-is-base", list.Name, other);
            if (archived) list.Archive();
            else list.Restore();
            await CheckAsync(db, list, ct);
        }, ct);

    /// <summary>Opens a list with the terms and the prices of another.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.list-unknown</c>, <c>pricing.list-name-taken</c></exception>
    public async Task<PriceListId> CopyAsync(PriceListId id, string name, Actor actor, CancellationToken ct)
    {
        var copy = PriceListId.New();
        await InTurnAsync(actor, copy, async db =>
        {
            var terms = (await TakeAsync(db, id, ct)).Terms with { Name = name };
            RequireCost(terms, actor);
            var list = new PriceList(copy, terms);
            db.Add(list);
            await CheckAsync(db, list, ct);
            await db.SaveChangesAsync(ct);
            await db.Database.ExecuteSqlAsync($"insert into pricing.list_price (list, product, unit, from_quantity, price) select {copy.Value}, product, unit, from_quantity, price from pricing.list_price where list = {id.Value}", ct);
        }, ct);
        return copy;
    }

    /// <summary>Sets the price of a product's unit from a quantity on; null takes it out of the list.</summary>
    /// <param name="unit">one of the product's further units; empty for its base unit</param>
    /// <exception cref="RuleBrokenException"><c>pricing.list-unknown</c>, <c>pricing.product-unknown</c>, <c>pricing.unit-unknown</c>, <c>number.out-of-range</c></exception>
    public async Task SetPriceAsync(PriceListId list, ProductId product, string unit, decimal fromQuantity, decimal? price, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // two who enter the same price at once: the second one changes it
        await db.TakeTurnAsync($"price {list.Value} {product.Value}", ct);
        await TakeAsync(db, list, ct);
        var of = await db.Set<Product>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == product, ct) ?? throw new RuleBrokenException("pricing.product-unknown");
        // a price of a unit that the product has no longer can only go
        if (price is not null && unit.Length > 0 && of.Units.All(u => u.Name != unit)) throw new RuleBrokenException("pricing.unit-unknown", of.Name, unit);
        var there = await db.Set<ListPrice>().FirstOrDefaultAsync(p => p.List == list && p.Product == product && p.Unit == unit && p.FromQuantity == fromQuantity, ct);
        if (price is { } set && there is not null) there.Become(set);
        else if (price is { } first) db.Add(new ListPrice(list, product, unit, fromQuantity, first));
        else if (there is not null) db.Remove(there);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    internal static async Task<PriceList> TakeAsync(PortalDb db, PriceListId id, CancellationToken ct) =>
        await db.Set<PriceList>().FirstOrDefaultAsync(l => l.Id == id, ct) ?? throw new RuleBrokenException("pricing.list-unknown");

    // a markup over cost tells of the cost
    private static void RequireCost(PriceListTerms terms, Actor actor)
    {
        if (terms.Basis == PriceBasis.OverCost) actor.Require(Permissions.PricingCost);
    }

    private static async Task CheckAsync(PortalDb db, PriceList list, CancellationToken ct)
    {
        var lower = list.Name.ToLowerInvariant();
        if (!list.Archived && await db.Set<PriceList>().AnyAsync(l => l.Id != list.Id && !l.Archived && l.Name.ToLower() == lower, ct)) throw new RuleBrokenException("pricing.list-name-taken", list.Name);
        var others = await db.Set<PriceList>().AsNoTracking().Where(l => l.Id != list.Id).Select(l => new { l.Id, l.Base, l.Archived }).ToDictionaryAsync(l => l.Id, ct);
        if (list is { Archived: false, Base: { } directly } && others.GetValueOrDefault(directly) is not { Archived: false }) throw new RuleBrokenException("pricing.list-unknown");
        var steps = 0;
        for (var at = list.Base; at is { } id; at = others.GetValueOrDefault(id)?.Base)
            if (id == list.Id || ++steps >= PriceList.MostSteps) throw new RuleBrokenException("pricing.list-in-circle", list.Name);
    }

    // names and circles are looked for before the save, so lists are changed one after the other
    private Task InTurnAsync(Actor actor, PriceListId about, Func<PortalDb, Task> job, CancellationToken ct) => contexts.InTurnAsync("pricing.lists", new(ObjectKind.PriceList, about.Value), actor, job, ct);
}
