using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>So many base units of a product in one kit.</summary>
public sealed record PartOfKit(ProductId Part, decimal Quantity);

/// <summary>What is set for many products at once; exactly one of the three.</summary>
public sealed record ProductChange(bool? Archived = null, decimal? VatRate = null, ProductGroupId? Group = null);

/// <summary>Keeps the catalogue. All methods need <see cref="Permissions.PricingManage"/>; who does not read cost leaves cost and floor as they are.</summary>
public sealed class ProductRegistry(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const int MostParts = 200, MostSteps = 8;

    /// <summary>Enters a product, with the parts of a kit.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>pricing.code-taken</c>, <c>pricing.group-unknown</c>, <c>pricing.product-unknown</c> for a part, <c>pricing.kit-in-itself</c>, <c>pricing.kit-too-deep</c>, and what the entity refuses
    /// </exception>
    public async Task<ProductId> AddAsync(ProductDetails details, IReadOnlyCollection<PartOfKit> parts, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        var product = new Product(ProductId.New(), actor.Can(Permissions.PricingCost) ? details : details with { Cost = null, MarginFloor = null });
        await SaveAsync(actor, db =>
        {
            db.Add(product);
            return Task.FromResult(product);
        }, parts, ct);
        return product.Id;
    }

    /// <summary>Changes a product that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c>, <c>pricing.product-unknown</c></exception>
    public Task ChangeAsync(ProductId id, ProductDetails details, IReadOnlyCollection<PartOfKit> parts, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        return SaveAsync(actor, async db =>
        {
            var product = await db.Set<Product>().FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw new RuleBrokenException("pricing.product-unknown");
            db.ExpectVersion(product, seen);
            if (!actor.Can(Permissions.PricingCost)) details = details with { Cost = product.Cost is { } cost ? new(cost, product.CostCurrency!) : null, MarginFloor = product.MarginFloor };
            product.Describe(details);
            // a change of parts alone is a change of the kit
            db.Entry(product).Property(p => p.Name).IsModified = true;
            return product;
        }, parts, ct);
    }

    /// <summary>Sets one thing for many products, all in one transaction with an audit row for each; how many it was new for.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.group-unknown</c>, <c>number.out-of-range</c></exception>
    public async Task<int> ChangeManyAsync(IReadOnlyCollection<ProductId> products, ProductChange change, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await ProductGroups.RequireAsync(db, change.Group, ct);
        var (column, field, value) = change switch
        {
            { Archived: { } archived } => ("archived", nameof(Product.Archived), (object)archived),
            { VatRate: { } rate } => ("vat_rate", nameof(Product.VatRate), PriceNumbers.Percent(rate, "product.vat-rate")),
            { Group: { } group } => ("\"group\"", nameof(Product.Group), group.Value),
            _ => throw new ArgumentException("Nothing is set.", nameof(change)),
        };
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var command = new NpgsqlCommand($"""
            with old as (
                select id, {column} as was from pricing.product where id = any($1) and {column} is distinct from $2 order by id for no key update
            ), changed as (
                update pricing.product p set {column} = $2 from old where p.id = old.id
            )
            insert into core.audit (at, user_id, user_name, origin, object_kind, object_id, action, before, after)
            select $3, $4, $5, $6, 'Product', id, 'changed', jsonb_build_object($7, was), jsonb_build_object($7, $2) from old
            """, connection)
        {
            Parameters =
            {
                new() { Value = products.Select(p => p.Value).ToArray() }, new() { Value = value }, new() { Value = time.GetUtcNow() },
                new() { Value = actor.UserId }, new() { Value = actor.Name }, new() { Value = actor.Origin }, new NpgsqlParameter<string> { TypedValue = field },
            },
        };
        var count = await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return count;
    }

    private async Task SaveAsync(Actor actor, Func<PortalDb, Task<Product>> job, IReadOnlyCollection<PartOfKit> parts, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var product = await job(db);
        await ProductGroups.RequireAsync(db, product.Group, ct);
        await PutPartsAsync(db, product, parts, ct);
        try
        {
            await db.SaveOrExplainAsync(new(ObjectKind.Product, product.Id.Value), ct);
        }
        catch (DbUpdateException twice) when (twice.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "product_code_key" })
        {
            throw new RuleBrokenException("pricing.code-taken", product.Code);
        }
        if (product.Kind == ProductKind.Kit) await RequireNoCircleAsync(db, product, ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task PutPartsAsync(PortalDb db, Product kit, IReadOnlyCollection<PartOfKit> wanted, CancellationToken ct)
    {
        if (kit.Kind != ProductKind.Kit) wanted = [];
        if (wanted.Count > MostParts) throw new RuleBrokenException("pricing.too-many-parts", MostParts);
        // circles are looked for in what is committed, so kits are put together one after the other
        if (wanted.Count > 0) await db.TakeTurnAsync("pricing.kits", ct);
        var ids = wanted.Select(w => w.Part).Distinct().ToList();
        var there = await db.Set<KitPart>().Where(p => p.Kit == kit.Id).ToDictionaryAsync(p => p.Part, ct);
        var added = ids.Where(id => !there.ContainsKey(id)).ToList();
        if (await db.Set<Product>().CountAsync(p => added.Contains(p.Id) && !p.Archived, ct) != added.Count) throw new RuleBrokenException("pricing.product-unknown");
        foreach (var (id, quantity) in wanted.GroupBy(w => w.Part).Select(same => (same.Key, same.Sum(w => w.Quantity))))
            if (there.TryGetValue(id, out var part)) part.Count(quantity);
            else db.Add(new KitPart(kit.Id, id, quantity));
        foreach (var gone in there.Values.Where(part => !ids.Contains(part.Part))) db.Remove(gone);
    }

    private static async Task RequireNoCircleAsync(PortalDb db, Product kit, CancellationToken ct)
    {
        var steps = await db.Database.SqlQuery<int>($"""
            with recursive down as (
                select part, 1 as depth from pricing.kit_part where kit = {kit.Id.Value}
                union all
                select k.part, d.depth + 1 from down d join pricing.kit_part k on k.kit = d.part where d.depth <= {MostSteps} and d.part <> {kit.Id.Value}
            ), up as (
                select kit, 1 as depth from pricing.kit_part where part = {kit.Id.Value}
                union all
                select k.kit, u.depth + 1 from up u join pricing.kit_part k on k.part = u.kit where u.depth <= {MostSteps}
            )
            select case when exists (select from down where part = {kit.Id.Value}) then -1
                else coalesce((select max(depth) from down), 0) + coalesce((select max(depth) from up), 0) end as "Value"
            """).SingleAsync(ct);
        if (steps < 0) throw new RuleBrokenException("pricing.kit-in-itself");
        if (steps > MostSteps) throw new RuleBrokenException("pricing.kit-too-deep", MostSteps);
    }
}
