using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Stock;

/// <summary>A line of a document as its page shows it, without prices where the reader neither sees cost nor receives the goods.</summary>
/// <param name="Value">once posted, what its goods brought or took along; only for readers of cost</param>
/// <param name="Left">once posted, how many base units have not come back or arrived</param>
public sealed record StockSheetLine(StockDocumentLine Line, ProductHint Product, decimal? Value, decimal? Left);

/// <summary>Another document that this one comes from, or that comes from it.</summary>
/// <param name="How">how the later comes from the earlier</param>
/// <param name="IsLater">true for one that comes from this one</param>
public sealed record StockSheetLink(StockDocumentId Id, StockDocumentKind Kind, StockDocumentState State, string? Number, DocumentLinkKind How, bool IsLater);

/// <summary>A document of stock as its page shows it. Names beyond the reader's reach are left out.</summary>
public sealed record StockSheet(
    StockDocumentId Id, StockDocumentKind Kind, StockDocumentState State, string? Number, StockDocumentHead Head, string Warehouse, StockModel Model, string? Target, string? Partner, IReadOnlyList<StockSheetLine> Lines, bool OnTheWay, string Currency,
    string ByName, DateTimeOffset CreatedAt, DateTimeOffset? PostedAt, string? PostedBy, DateTimeOffset? CancelledAt, string? CancelledBy, string? Reason, IReadOnlyList<StockSheetLink> Links, uint Version)
{
    /// <summary>True where something of it may come back or arrive.</summary>
    public bool IsOut => State == StockDocumentState.Posted && Kind.Follower() is not null && Lines.Any(l => l.Left > 0);
}

/// <summary>One document of stock, read by those within whose reach it is.</summary>
public sealed class StockDocumentQuery(IDbContextFactory<PortalDb> contexts)
{
    private const int MostLinks = 200;

    /// <summary>The document, or null where it is not there for the actor.</summary>
    public async Task<StockSheet?> FindAsync(StockDocumentId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<StockDocument>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, ct) is not { } document) return null;
        var reads = actor.Can(Permissions.PricingCost);
        // who receives goods has their price in his hand
        var prices = reads || document is { Kind: StockDocumentKind.Receipt, State: StockDocumentState.Draft } && actor.Can(Permissions.StockMove);
        var products = document.Lines.Select(l => l.Product).Distinct().ToList();
        var hints = await ProductListQuery.Hint(db.Set<Product>().Where(p => products.Contains(p.Id))).ToDictionaryAsync(p => p.Id, ct);
        var left = document.State == StockDocumentState.Posted ? await LeftAsync(db, id, ct) : [];
        var values = reads && document.State == StockDocumentState.Posted ? await ValuesAsync(db, id, ct) : [];
        var warehouse = await db.Set<Warehouse>().AsNoTracking().FirstAsync(w => w.Id == document.Warehouse, ct);
        return new(
            id, document.Kind, document.State, document.Number?.ToString(), document.Head, warehouse.Name, warehouse.Model, await db.Set<Warehouse>().Where(w => w.Id == document.Target).Select(w => w.Name).FirstOrDefaultAsync(ct),
            await db.Set<Partner>().Within(actor).Where(p => p.Id == document.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct),
            [.. document.Lines.Select(l => new StockSheetLine(prices ? l : l with { Price = null }, hints[l.Product],
                l.Movement is { } movement && values.TryGetValue(movement, out var value) ? value : null, l.Movement is { } sequence && left.TryGetValue(sequence, out var open) ? open.Left : null))],
            document.OnTheWay, await db.CompanyCurrencyAsync(ct), document.ByName, document.CreatedAt, document.PostedAt, document.PostedBy, document.CancelledAt, document.CancelledBy, document.Reason, await LinksAsync(db, id, actor, ct), document.Version);
    }

    /// <summary>True when the document is there and the actor may see it.</summary>
    public async Task<bool> MaySeeAsync(StockDocumentId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<StockDocument>().Within(db, actor).AnyAsync(d => d.Id == id, ct);
    }

    /// <summary>Of each movement of a document that others may name as their source, how many base units there were, and how many have not come back or arrived.</summary>
    internal static async Task<Dictionary<long, (decimal Quantity, decimal Left)>> LeftAsync(PortalDb db, StockDocumentId id, CancellationToken ct) =>
        (await db.Database.SqlQuery<MovementLeft>($"""
            select m.sequence as "Sequence", abs(m.quantity) as "Quantity", abs(m.quantity) - coalesce((select sum(abs(b.quantity)) from stock.movement b where b.source = m.sequence), 0) as "Left"
            from stock.movement m where m.document_id = {id.Value} and m.kind in ('Receipt', 'Issue', 'TransferOut')
            """).ToListAsync(ct)).ToDictionary(m => m.Sequence, m => (m.Quantity, m.Left));

    private static Task<Dictionary<long, decimal>> ValuesAsync(PortalDb db, StockDocumentId id, CancellationToken ct) =>
        db.Database.SqlQuery<MovementValue>($"""select sequence as "Sequence", abs(value) as "Value" from stock.movement where document_id = {id.Value}""").ToDictionaryAsync(m => m.Sequence, m => m.Value, ct);

    private static async Task<IReadOnlyList<StockSheetLink>> LinksAsync(PortalDb db, StockDocumentId id, Actor actor, CancellationToken ct)
    {
        var links = await db.Set<DocumentLink>().AsNoTracking().Where(l => (l.FromId == id.Value && l.ToKind == ObjectKind.StockDocument) || (l.ToId == id.Value && l.FromKind == ObjectKind.StockDocument)).OrderBy(l => l.At).Take(MostLinks).ToListAsync(ct);
        var others = links.Select(l => new StockDocumentId(l.FromId == id.Value ? l.ToId : l.FromId)).Distinct().ToList();
        var known = await db.Set<StockDocument>().Within(db, actor).Where(d => others.Contains(d.Id)).Select(d => new { d.Id, d.Kind, d.State, d.Year, d.Sequence }).ToDictionaryAsync(d => d.Id.Value, ct);
        return [.. from link in links
                   let isLater = link.ToId == id.Value
                   let other = known.GetValueOrDefault(isLater ? link.FromId : link.ToId)
                   where other is not null
                   select new StockSheetLink(other.Id, other.Kind, other.State, DocumentNumber.Of(other.Year, other.Sequence)?.ToString(), link.Kind, isLater)];
    }

    private sealed record MovementLeft(long Sequence, decimal Quantity, decimal Left);

    private sealed record MovementValue(long Sequence, decimal Value);
}
