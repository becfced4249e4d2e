using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>A column the list of stock documents sorts by.</summary>
public enum StockDocumentSort { Day, Number, Kind, State }

/// <summary>Which documents to list. <paramref name="Text"/> is looked for in number, note and client; <paramref name="Warehouse"/> means those that send goods there too.</summary>
public sealed record StockDocumentFilter(
    string? Text = null, StockDocumentKind? Kind = null, StockDocumentState? State = null, WarehouseId? Warehouse = null, PartnerId? Partner = null, DateOnly? From = null, DateOnly? Until = null, bool OnTheWay = false);

/// <summary>A document of stock as lists show it.</summary>
public sealed record StockDocumentRow(
    StockDocumentId Id, StockDocumentKind Kind, StockDocumentState State, int? Year, int? Sequence, DateOnly Day, TimeOnly Time, string Warehouse, string? Target, PartnerId? PartnerId, string? Partner, string? Note, int Lines,
    bool OnTheWay, string ByName)
{
    /// <summary>Its number; null until it is posted.</summary>
    public string? Number => Domain.Documents.DocumentNumber.Of(Year, Sequence)?.ToString();
}

/// <summary>The documents of stock within reach, filtered, sorted and paged in SQL.</summary>
public sealed class StockDocumentListQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Documents of a page of the list.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<StockDocumentRow>> ListAsync(StockDocumentFilter filter, StockDocumentSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var documents = Matching(db, filter, actor);
        var key = Key(sort);
        var sorted = (descending ? documents.OrderByDescending(key).ThenByDescending(d => d.Time) : documents.OrderBy(key).ThenBy(d => d.Time)).ThenByDescending(d => d.Id);
        var (clients, warehouses) = (db.Set<Partner>().Within(actor), db.Set<Warehouse>());
        return await sorted.Select(d => new StockDocumentRow(
            d.Id, d.Kind, d.State, d.Year, d.Sequence, d.Day, d.Time, warehouses.Where(w => w.Id == d.Warehouse).Select(w => w.Name).First(), warehouses.Where(w => w.Id == d.Target).Select(w => w.Name).FirstOrDefault(),
            d.Partner, clients.Where(p => p.Id == d.Partner).Select(p => p.Name).FirstOrDefault(), d.Note, d.LineCount, d.OnTheWay, d.ByName)).PageAsync(slice, ct);
    }

    private static IQueryable<StockDocument> Matching(PortalDb db, StockDocumentFilter filter, Actor actor)
    {
        var documents = db.Set<StockDocument>().AsNoTracking().Within(db, actor);
        if (filter.Kind is { } kind) documents = documents.Where(d => d.Kind == kind);
        if (filter.State is { } state) documents = documents.Where(d => d.State == state);
        if (filter.Warehouse is { } warehouse) documents = documents.Where(d => d.Warehouse == warehouse || d.Target == warehouse);
        if (filter.Partner is { } partner) documents = documents.Where(d => d.Partner == partner);
        if (filter.From is { } from) documents = documents.Where(d => d.Day >= from);
        if (filter.Until is { } until) documents = documents.Where(d => d.Day <= until);
        if (filter.OnTheWay) documents = documents.Where(d => d.OnTheWay);
        var clients = db.Set<Partner>().Within(actor);
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            documents = documents.Where(d => EF.Functions.ILike(DocumentNumberText.Of(d.Year, d.Sequence)!, pattern, LikePattern.Escape) || EF.Functions.ILike(d.Note!, pattern, LikePattern.Escape)
                || clients.Any(p => p.Id == d.Partner && EF.Functions.ILike(p.Name, pattern, LikePattern.Escape)));
        return documents;
    }

    private static Expression<Func<StockDocument, object?>> Key(StockDocumentSort sort) => sort switch
    {
        StockDocumentSort.Number => d => d.Year * 10_000_000L + d.Sequence,
        StockDocumentSort.Kind => d => d.Kind,
        StockDocumentSort.State => d => d.State,
        _ => d => d.Day,
    };
}
