using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>A column the list of orders sorts by.</summary>
public enum OrderSort { Created, Number, Gross, WantedOn, State }

/// <summary>Which orders to list. <paramref name="Text"/> is looked for in number, reference, note and client.</summary>
/// <param name="Open">only what is still to be shipped</param>
/// <param name="Late">only what is still to be shipped and was wanted before today</param>
public sealed record OrderFilter(string? Text = null, OrderState? State = null, bool Mine = false, bool Open = false, bool Late = false, PartnerId? Partner = null, DealId? Deal = null);

/// <summary>An order as lists show it.</summary>
public sealed record OrderRow(
    SalesOrderId Id, int? Year, int? Sequence, string? Reference, OrderState State, PartnerId? PartnerId, string? Partner, string? Manager, string Currency, decimal Net, decimal Gross, DateOnly? WantedOn, DateTimeOffset CreatedAt, uint Version)
{
    /// <summary>Its number; null until it is placed.</summary>
    public string? Number => Domain.Documents.DocumentNumber.Of(Year, Sequence)?.ToString();
}

/// <summary>The orders within reach, filtered, sorted and paged in SQL.</summary>
public sealed class OrderListQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Orders of a page of the list.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<OrderRow>> ListAsync(OrderFilter filter, OrderSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var orders = Matching(db, filter, await db.CompanyTodayAsync(time, ct), actor);
        var key = Key(sort);
        var clients = db.Set<Partner>().Within(actor);
        return await (descending ? orders.OrderByDescending(key) : orders.OrderBy(key)).ThenByDescending(o => o.Id).Select(o => new OrderRow(
            o.Id, o.Year, o.Sequence, o.Reference, o.State, o.Partner, clients.Where(p => p.Id == o.Partner).Select(p => p.Name).FirstOrDefault(),
            db.Set<PortalUser>().Where(u => u.Id == o.Manager).Select(u => u.DisplayName).FirstOrDefault(), o.Currency, o.Net, o.Gross, o.WantedOn, o.CreatedAt, o.Version)).PageAsync(slice, ct);
    }

    private static IQueryable<SalesOrder> Matching(PortalDb db, OrderFilter filter, DateOnly today, Actor actor)
    {
        var orders = db.Set<SalesOrder>().AsNoTracking().Within(actor);
        var me = actor.UserId;
        if (filter.State is { } state) orders = orders.Where(o => o.State == state);
        if (filter.Mine) orders = orders.Where(o => o.Manager == me);
        if (filter.Open || filter.Late) orders = orders.Where(o => o.State == OrderState.Placed || o.State == OrderState.PartShipped);
        if (filter.Late) orders = orders.Where(o => o.WantedOn < today);
        if (filter.Partner is { } partner) orders = orders.Where(o => o.Partner == partner);
        if (filter.Deal is { } deal) orders = orders.Where(o => o.Deal == deal);
        var clients = db.Set<Partner>().Within(actor);
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            orders = orders.Where(o => EF.Functions.ILike(DocumentNumberText.Of(o.Year, o.Sequence)!, pattern, LikePattern.Escape) || EF.Functions.ILike(o.Reference!, pattern, LikePattern.Escape)
                || EF.Functions.ILike(o.Note!, pattern, LikePattern.Escape) || clients.Any(p => p.Id == o.Partner && EF.Functions.ILike(p.Name, pattern, LikePattern.Escape)));
        return orders;
    }

    private static Expression<Func<SalesOrder, object?>> Key(OrderSort sort) => sort switch
    {
        OrderSort.Number => o => o.Year * 10_000_000L + o.Sequence,
        OrderSort.Gross => o => o.Gross,
        OrderSort.WantedOn => o => o.WantedOn,
        OrderSort.State => o => o.State,
        _ => o => o.CreatedAt,
    };
}
