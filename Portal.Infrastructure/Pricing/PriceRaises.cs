using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>How prices of a list are to be raised, or lowered.</summary>
/// <param name="Percent">of the price; negative lowers</param>
/// <param name="Step">new prices are whole multiples of it, half away from zero; 0 keeps six places</param>
/// <param name="Group">only products in this group and below; null for all</param>
public sealed record RaiseOrder(PriceListId List, decimal Percent, decimal Step = 0.01m, ProductGroupId? Group = null)
{
    internal RaiseOrder Checked()
    {
        if (Percent == 0) throw new RuleBrokenException("pricing.raise-by-nothing");
        return this with { Percent = PriceNumbers.Markup(Percent, "price.raise"), Step = PriceNumbers.Price(Step, "price.step") };
    }
}

/// <summary>A price before and after.</summary>
public sealed record RaisedLine(string Code, string Name, string Unit, decimal FromQuantity, decimal Before, decimal After);

/// <summary>What a raise would do.</summary>
/// <param name="Prices">how many prices change</param>
/// <param name="First">the first of them by code</param>
public sealed record RaisePreview(int Prices, IReadOnlyList<RaisedLine> First);

/// <summary>A raise that was made, newest first.</summary>
public sealed record RaiseRow(Guid Id, decimal Percent, decimal Step, int Prices, DateTimeOffset At, string ByName, DateTimeOffset? UndoneAt);

/// <summary>Raises and lowers all prices of a list, and takes that back: what was changed since stays as it is. Needs <see cref="Permissions.PricingManage"/>.</summary>
public sealed class PriceRaises(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const int Shown = 20, MostRaises = 50;

    // prices that a raise changes, with what they become
    private const string ChangedSql = """
        select l.*, r.after from pricing.list_price l join pricing.product g on g.id = l.product
        cross join lateral (select case when @step = 0 then round(l.price * (1 + @percent / 100), 6) else round(l.price * (1 + @percent / 100) / @step) * @step end as after) r
        where l.list = @list and (cardinality(@groups) = 0 or g."group" = any(@groups)) and r.after <> l.price
        """;

    /// <summary>Says what would change, and changes nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.list-unknown</c>, <c>pricing.raise-by-nothing</c>, <c>number.out-of-range</c></exception>
    public async Task<RaisePreview> PreviewAsync(RaiseOrder order, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        order = order.Checked();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var changed = await db.Database.SqlQueryRaw<Counted>($"""
            select p.code as "Code", p.name as "Name", case when c.unit = '' then p.unit else c.unit end as "Unit", c.from_quantity as "FromQuantity", c.price as "Before", c.after as "After", count(*) over ()::int as "Total"
            from ({ChangedSql}) c join pricing.product p on p.id = c.product order by p.code, c.unit, c.from_quantity limit {Shown}
            """, await ValuesAsync(db, order, ct)).ToListAsync(ct);
        return new(changed.Count == 0 ? 0 : changed[0].Total, changed.ConvertAll(c => new RaisedLine(c.Code, c.Name, c.Unit, c.FromQuantity, c.Before, c.After)));
    }

    /// <summary>Raises the prices; the id is for <see cref="UndoAsync"/>.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="PreviewAsync"/>, and <c>pricing.raise-too-far</c> where a price would be beyond all bounds</exception>
    public async Task<Guid> RaiseAsync(RaiseOrder order, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        order = order.Checked();
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync($"raise {order.List.Value}", ct);
        var raise = Guid.CreateVersion7();
        var prices = await db.Database.ExecuteSqlRawAsync(
            $"insert into pricing.raised_price (raise, product, unit, from_quantity, before, after) select @raise, product, unit, from_quantity, price, after from ({ChangedSql} for no key update of l) c",
            [.. await ValuesAsync(db, order, ct), new NpgsqlParameter("raise", raise)], ct);
        if (await db.Database.SqlQuery<bool>($"""select exists (select from pricing.raised_price where raise = {raise} and after > {PriceNumbers.MostPrice}) as "Value" """).SingleAsync(ct)) throw new RuleBrokenException("pricing.raise-too-far");
        await db.Database.ExecuteSqlAsync($"""
            update pricing.list_price l set price = r.after from pricing.raised_price r
            where r.raise = {raise} and l.list = {order.List.Value} and l.product = r.product and l.unit = r.unit and l.from_quantity = r.from_quantity
            """, ct);
        db.Add(new PriceRaise(raise, order.List, order.Percent, order.Step, prices, actor, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return raise;
    }

    /// <summary>Sets back what still is as the raise left it.</summary>
    /// <returns>how many prices were set back, and how many were changed since and stay</returns>
    /// <exception cref="RuleBrokenException"><c>pricing.raise-unknown</c>, <c>pricing.raise-undone</c></exception>
    public async Task<(int Back, int Stay)> UndoAsync(Guid id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var of = await db.Set<PriceRaise>().Where(r => r.Id == id).Select(r => r.List).Take(1).ToListAsync(ct);
        if (of.Count == 0) throw new RuleBrokenException("pricing.raise-unknown");
        await db.TakeTurnAsync($"raise {of[0].Value}", ct);
        var raise = await db.Set<PriceRaise>().FirstAsync(r => r.Id == id, ct);
        if (raise.UndoneAt is not null) throw new RuleBrokenException("pricing.raise-undone");
        var back = await db.Database.ExecuteSqlAsync($"""
            update pricing.list_price l set price = r.before from pricing.raised_price r
            where r.raise = {id} and l.list = {raise.List.Value} and l.product = r.product and l.unit = r.unit and l.from_quantity = r.from_quantity and l.price = r.after
            """, ct);
        raise.Undo(time.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return (back, raise.Prices - back);
    }

    /// <summary>Raises of a list, newest first.</summary>
    public async Task<IReadOnlyList<RaiseRow>> OfAsync(PriceListId list, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<PriceRaise>().Where(r => r.List == list).OrderByDescending(r => r.At).Take(MostRaises).Select(r => new RaiseRow(r.Id, r.Percent, r.Step, r.Prices, r.At, r.ByName, r.UndoneAt)).ToListAsync(ct);
    }

    private sealed record Counted(string Code, string Name, string Unit, decimal FromQuantity, decimal Before, decimal After, int Total);

    private static async Task<object[]> ValuesAsync(PortalDb db, RaiseOrder order, CancellationToken ct) =>
        [new NpgsqlParameter("list", order.List.Value), new NpgsqlParameter("percent", order.Percent), new NpgsqlParameter("step", order.Step), new NpgsqlParameter("groups", await GroupsAsync(db, order, ct))];

    /// <summary>The groups whose products are meant; none for all.</summary>
    private static async Task<Guid[]> GroupsAsync(PortalDb db, RaiseOrder order, CancellationToken ct)
    {
        await PriceListRegistry.TakeAsync(db, order.List, ct);
        return order.Group is { } group ? [.. (await GroupTree.ReadAsync(db, ct)).Down(group).Select(g => g.Id.Value).DefaultIfEmpty(group.Value)] : [];
    }
}
