using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Offers;

namespace Portal.Infrastructure.Demo;

/// <summary>A handful of offers of the demo company, each in another state, made by the jobs that people use.</summary>
public sealed class DemoOffers(IDbContextFactory<PortalDb> contexts, OfferDesk desk, OfferPost post, ClientOffers clients, OfferSettingsStore settings, UserRights rights)
{
    private static readonly (string Title, string Language, OfferState State)[] Wanted =
    [
        ("Shelving for the new hall", "en", OfferState.Accepted), ("Two rows of pallet racks", "en", OfferState.Read), ("Стеллажи и монтаж", "ru", OfferState.Sent), ("Стелажі для складу", "uk", OfferState.Refused),
        ("Rafturi pentru depozit", "ro", OfferState.Issued), ("Rak gudang dan pemasangan", "id", OfferState.Draft),
    ];

    /// <summary>Founds them once.</summary>
    public async Task FoundAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Offer>().AnyAsync(ct)) return;
        if (await db.Set<PortalUser>().Where(u => u.UserName == "sela").Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct) is not { } user || await rights.FindAsync(user, ct) is not { } seller) return;
        var system = Actor.System("demo");
        await settings.ChangeAsync(new("7 Quayside, Lindenford", "+00 0000 0000 · offers@petrel.example", "Example Bank of Lindenford · account 00-0000-00")
        {
            Reminders = new(IsOn: true),
            Texts = new() { ["en"] = new("Thank you for your request. We are glad to offer you:", "Prices include packing. Assembly takes two working days.") },
        }, 0, system, ct);
        var products = await db.Set<Product>().Where(p => !p.Archived && p.Kind != ProductKind.Kit).OrderBy(p => p.Code).Take(4).ToListAsync(ct);
        var deals = await db.Set<Deal>().Where(d => d.State == DealState.Open && !d.Archived && d.Partner != null && d.Manager == user).OrderBy(d => d.Number).Take(3).ToListAsync(ct);
        var partners = await db.Set<Partner>().Where(p => p.Responsible == user && !p.Archived).OrderBy(p => p.Name).Select(p => p.Id).Take(Wanted.Length).ToListAsync(ct);
        if (partners.Count == 0) return;
        for (var i = 0; i < Wanted.Length; i++)
        {
            var (title, language, state) = Wanted[i];
            var order = i < deals.Count ? new OfferOrder(title, deals[i].Id, Language: language) : new OfferOrder(title, null, partners[i % partners.Count], Language: language);
            await MakeAsync(await desk.AddAsync(order, seller, ct), products, state, i, seller, ct);
        }
    }

    private async Task MakeAsync(OfferId id, List<Product> products, OfferState state, int i, Actor seller, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var draft = await db.Set<Offer>().AsNoTracking().Include(o => o.Versions).FirstAsync(o => o.Id == id, ct);
        var setup = new OfferLine(Guid.CreateVersion7(), OfferLineKind.Free, "Assembly on site") { Asked = 380, Cost = 240, VatRate = 20, Quantity = 1, Unit = "h" };
        List<OfferLine> lines = products.Count > 0 ? [new(Guid.CreateVersion7(), OfferLineKind.Section, "Racks")] : [];
        lines.AddRange(products.Select((p, at) => new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, p.Name) { Product = p.Id, Code = p.Code, Unit = p.Unit, VatRate = p.VatRate, Quantity = 4 * (at + i + 1), Discount = at == 0 ? 3 : 0 }));
        lines.AddRange([new(Guid.CreateVersion7(), OfferLineKind.Section, "Services"), setup, setup with { Id = Guid.CreateVersion7(), Name = "Yearly inspection", Asked = 190, Cost = 110, IsOption = true },
            new(Guid.CreateVersion7(), OfferLineKind.Delivery, "Delivery") { Asked = 95, VatRate = 20 }]);
        // what services cost is said by who knows it; the draft still waits for that
        var written = await desk.WriteAsync(id, draft.Of(1).Content with { Lines = lines, Discount = i % 2 * 2, Payments = [new(PaymentEvent.Acceptance, 0, 30), new(PaymentEvent.Shipment, 14)] }, draft.Version, state == OfferState.Draft ? seller : Actor.System("demo"), ct);
        // what has no price, or one that somebody has to approve of, stays a draft
        if (state == OfferState.Draft || written.Below.Count > 0 || written.Content.Lines.Any(l => l.IsUnjudged || l is { IsSold: true, Price: null })) return;
        await desk.IssueAsync(id, written.Version, seller, ct);
        if (state == OfferState.Issued) return;
        var secret = await post.LinkAsync(id, seller, ct);
        if (state == OfferState.Sent) return;
        await clients.OpenAsync(secret, "198.51.100.7", ct);
        var signer = new ClientSigning("Mira Vale", "198.51.100.7");
        if (state == OfferState.Accepted) await clients.AcceptAsync(secret, signer, [.. written.Content.Options], ct);
        else if (state == OfferState.Refused) await clients.RefuseAsync(secret, signer, "We found it cheaper for this year.", ct);
    }
}
