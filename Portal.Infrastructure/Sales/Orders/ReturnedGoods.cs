using Microsoft.EntityFrameworkCore;
using Portal.Domain.Documents;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>What of a shipment comes back, at the cost it went out at: the goods of each issue by a return of their own. What was made for the client lies in no warehouse and comes back into none.</summary>
internal static class ReturnedGoods
{
    /// <summary>Drafts of the returns, of now and of the warehouse that the goods left.</summary>
    /// <param name="lines">lines of the shipment and how many of their units come back</param>
    public static async Task<IReadOnlyList<StockDocument>> OfAsync(PortalDb db, Shipment shipment, IEnumerable<(ShipmentLine Line, decimal Quantity)> lines, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var sources = lines.SelectMany(l => l.Line.Movements.Select(m => (Movement: m, Share: l.Quantity / l.Line.Quantity))).ToDictionary(s => s.Movement, s => s.Share);
        if (sources.Count == 0) return [];
        var issues = await db.Set<StockDocument>().AsNoTracking().Where(d => d.Kind == StockDocumentKind.Issue && db.Set<DocumentLink>().Any(l => l.ToId == shipment.Id.Value && l.FromKind == ObjectKind.StockDocument && l.FromId == (Guid)(object)d.Id)).ToListAsync(ct);
        var local = TimeZoneInfo.ConvertTime(now, await db.CompanyZoneAsync(ct));
        var head = new StockDocumentHead(DateOnly.FromDateTime(local.DateTime), new(local.Hour, local.Minute), shipment.Warehouse, Partner: shipment.Partner);
        return [.. issues.Select(issue => (Issue: issue, Back: issue.Lines.Where(l => l.Movement is { } m && sources.ContainsKey(m)).ToList())).Where(i => i.Back.Count > 0).Select(i => new StockDocument(
            StockDocumentId.New(), shipment.Company, StockDocumentKind.CustomerReturn, head,
            [.. i.Back.Select(l => new StockDocumentLine(Guid.CreateVersion7(), l.Product, PriceNumbers.Unit(l.Quantity * sources[l.Movement!.Value]), l.Unit) { Source = l.Movement })], i.Issue.Id, actor, now))];
    }
}
