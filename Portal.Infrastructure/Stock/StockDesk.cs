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

namespace Portal.Infrastructure.Stock;

/// <summary>
/// Writes documents of stock, posts and cancels them. Needs <see cref="Permissions.StockMove"/>, cancelling <see cref="Permissions.StockCancel"/>, and ends at the actor's warehouses. New documents come under an id of the caller:
/// a repeated command finds its document there and changes nothing, and so does a second posting or cancelling.
/// </summary>
public sealed class StockDesk(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Begins a draft of today in the warehouse that the actor worked in last.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.no-warehouse</c></exception>
    public async Task AddAsync(StockDocumentId id, StockDocumentKind kind, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var warehouse = await db.Set<Warehouse>().Within(actor).Where(w => !w.Archived)
            .OrderByDescending(w => db.Set<StockDocument>().Where(d => d.Warehouse == w.Id && d.ByUser == actor.UserId).Max(d => (DateTimeOffset?)d.CreatedAt) ?? DateTimeOffset.MinValue).ThenBy(w => w.Name)
            .Select(w => (WarehouseId?)w.Id).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("stock.no-warehouse");
        var (day, minute) = await NowAsync(db, ct);
        await BeginAsync(db, id, kind, new(day, minute, warehouse), [], null, null, actor, ct);
    }

    /// <summary>Begins a draft with the lines of another document.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.document-unknown</c></exception>
    public async Task CopyAsync(StockDocumentId id, StockDocumentId of, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var old = await FindAsync(db, of, actor, ct);
        var (day, minute) = await NowAsync(db, ct);
        // what others paid is not told by copying it
        var lines = actor.Can(Permissions.PricingCost) ? old.Lines : [.. old.Lines.Select(l => l with { Price = null })];
        await BeginAsync(db, id, old.Kind, old.Head with { Day = day, Time = minute }, lines, old.Origin, (of, DocumentLinkKind.CopyOf), actor, ct);
    }

    /// <summary>Begins the draft that brings goods of a posted document back, or on: what of it is still out.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.document-unknown</c>, <c>stock.not-posted</c>, <c>stock.nothing-out</c></exception>
    public async Task FollowAsync(StockDocumentId id, StockDocumentId origin, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var old = await FindAsync(db, origin, actor, ct);
        if (old.State != StockDocumentState.Posted || old.Kind.Follower() is not { } kind) throw new RuleBrokenException("stock.not-posted");
        var left = await StockDocumentQuery.LeftAsync(db, origin, ct);
        var products = old.Lines.Select(l => l.Product).Distinct().ToList();
        var units = await db.Set<Product>().Where(p => products.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Unit, ct);
        List<StockDocumentLine> lines = [];
        foreach (var line in old.Lines)
            if (line.Movement is { } movement && left.GetValueOrDefault(movement) is var (quantity, rest) && rest > 0)
                lines.Add(new(Guid.CreateVersion7(), line.Product, rest == quantity ? line.Quantity : rest, rest == quantity ? line.Unit : units[line.Product]) { Source = movement });
        if (lines.Count == 0) throw new RuleBrokenException("stock.nothing-out");
        var (day, minute) = await NowAsync(db, ct);
        await BeginAsync(db, id, kind, new(day, minute, kind == StockDocumentKind.Arrival ? old.Target!.Value : old.Warehouse, Partner: old.Partner), lines, origin, (origin, DocumentLinkKind.For), actor, ct);
    }

    /// <summary>Writes a draft anew; the version that it has now. Whoever does not read cost writes the prices of what he receives, and leaves others as they are.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>stock.document-unknown</c>, <c>stock.warehouse-unknown</c>, <c>clients.partner-unknown</c>, what <see cref="StockDocument.Write"/> refuses</exception>
    public async Task<uint> WriteAsync(StockDocumentId id, StockDocumentHead head, IReadOnlyList<StockDocumentLine> lines, uint seen, Actor actor, CancellationToken ct)
    {
        StockDocument? written = null;
        await DoAsync(id, Permissions.StockMove, actor, async (db, document, _) =>
        {
            await db.RequireSeenAsync(new(ObjectKind.StockDocument, id.Value), document.Version, seen, ct);
            if (head.Warehouse != document.Warehouse) await db.RequireWarehouseAsync(head.Warehouse, actor, ct);
            if (head.Target is { } target && target != document.Target && !await db.Set<Warehouse>().AnyAsync(w => w.Id == target && !w.Archived, ct)) throw new RuleBrokenException("stock.warehouse-unknown");
            if (head.Partner is { } partner && partner != document.Partner) await PartnerRegistry.TakeAsync(db, partner, actor, ct);
            if (document.Kind != StockDocumentKind.Receipt && !actor.Can(Permissions.PricingCost))
            {
                var prices = document.Lines.ToDictionary(l => l.Id, l => l.Price);
                lines = [.. lines.Select(l => l with { Price = prices.GetValueOrDefault(l.Id) })];
            }
            document.Write(head, lines);
            written = document;
        }, ct);
        return written!.Version;
    }

    /// <summary>Lets go of a draft.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>stock.document-unknown</c>, <c>stock.not-draft</c></exception>
    public Task DropAsync(StockDocumentId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, Permissions.StockMove, actor, async (db, document, _) =>
    {
        await db.RequireSeenAsync(new(ObjectKind.StockDocument, id.Value), document.Version, seen, ct);
        if (document.State != StockDocumentState.Draft) throw new RuleBrokenException("stock.not-draft");
        await db.Set<DocumentLink>().Where(l => l.FromId == id.Value).ExecuteDeleteAsync(ct);
        db.Remove(document);
    }, ct);

    /// <summary>Posts a draft.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>stock.document-unknown</c>, what <see cref="StockDocumentPosting.PostAsync"/> refuses</exception>
    public Task PostAsync(StockDocumentId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, Permissions.StockMove, actor, async (db, document, now) =>
    {
        if (document.State == StockDocumentState.Posted) return;
        await db.RequireSeenAsync(new(ObjectKind.StockDocument, id.Value), document.Version, seen, ct);
        await db.RequireWarehouseAsync(document.Warehouse, actor, ct);
        await db.PostAsync(document, actor, now, ct);
    }, ct);

    /// <summary>Cancels a posted document: its goods are where they were before it.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>stock.document-unknown</c>, what <see cref="StockDocumentPosting.CancelAsync"/> refuses</exception>
    public Task CancelAsync(StockDocumentId id, string? reason, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, Permissions.StockCancel, actor, async (db, document, now) =>
    {
        if (document.State == StockDocumentState.Cancelled) return;
        await db.RequireSeenAsync(new(ObjectKind.StockDocument, id.Value), document.Version, seen, ct);
        // what belongs to another document is taken back there
        if (await db.Set<DocumentLink>().AnyAsync(l => l.FromId == id.Value && l.ToKind == ObjectKind.Shipment, ct)) throw new RuleBrokenException("stock.of-shipment");
        await db.RequireWarehouseAsync(document.Warehouse, actor, ct);
        await db.CancelAsync(document, reason, actor, now, ct);
    }, ct);

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.StockMove);
        return contexts.CreateFor(actor);
    }

    private async Task BeginAsync(
        PortalDb db, StockDocumentId id, StockDocumentKind kind, StockDocumentHead head, IReadOnlyList<StockDocumentLine> lines, StockDocumentId? origin, (StockDocumentId Of, DocumentLinkKind Kind)? link, Actor actor, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync($"stock.document.{id.Value}", ct);
        if (await db.Set<StockDocument>().AnyAsync(d => d.Id == id, ct)) return;
        var (company, now) = (await db.CompanyIdAsync(ct), time.GetUtcNow());
        db.Add(new StockDocument(id, company, kind, head, [.. lines.Select(l => l with { Id = Guid.CreateVersion7() })], origin, actor, now));
        if (link is var (of, how)) db.Add(new DocumentLink(new(ObjectKind.StockDocument, id.Value), new(ObjectKind.StockDocument, of.Value), how, now));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private async Task DoAsync(StockDocumentId id, string permission, Actor actor, Func<PortalDb, StockDocument, DateTimeOffset, Task> change, CancellationToken ct)
    {
        actor.Require(permission);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // of two who post, the second waits here and finds it posted
        await db.Database.ExecuteSqlAsync($"select from stock.stock_document where id = {id.Value} for update", ct);
        await change(db, await db.Set<StockDocument>().Within(db, actor).FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw new RuleBrokenException("stock.document-unknown"), time.GetUtcNow());
        await db.SaveOrExplainAsync(new(ObjectKind.StockDocument, id.Value), ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task<StockDocument> FindAsync(PortalDb db, StockDocumentId id, Actor actor, CancellationToken ct) =>
        await db.Set<StockDocument>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw new RuleBrokenException("stock.document-unknown");

    private async Task<(DateOnly Day, TimeOnly Minute)> NowAsync(PortalDb db, CancellationToken ct)
    {
        var local = TimeZoneInfo.ConvertTime(time.GetUtcNow(), await db.CompanyZoneAsync(ct));
        return (DateOnly.FromDateTime(local.DateTime), new(local.Hour, local.Minute));
    }
}
