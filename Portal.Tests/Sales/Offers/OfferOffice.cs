using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Work;
using Portal.Tests.Processes;
using Portal.Tests.Support;

namespace Portal.Tests.Sales.Offers;

/// <summary>An office that makes offers: a catalogue with prices, a seller, his head, a client and a deal.</summary>
public class OfferOffice : ProcessOffice
{
    private readonly string folder = Directory.CreateDirectory(TestServer.NewFolder()).FullName;

    public OfferDesk Desk => Services.GetRequiredService<OfferDesk>();
    public OfferPost Post => Services.GetRequiredService<OfferPost>();
    public ClientOffers Clients => Services.GetRequiredService<ClientOffers>();
    public OfferQuery Query => Services.GetRequiredService<OfferQuery>();
    public OfferListQuery List => Services.GetRequiredService<OfferListQuery>();

    public Actor Seller { get; private set; } = null!;
    public Actor Head { get; private set; } = null!;
    public PartnerId Client { get; private set; }
    public DealId Deal { get; private set; }
    /// <summary>Costs 60, is listed at 100, its least margin is 25 %: the floor is at 80.</summary>
    public ProductId Shelf { get; private set; }

    protected override bool OwnDealActions => false;

    protected override void Furnish(IServiceCollection services) =>
        services.AddClients().AddWork(new(folder)).AddSales().AddOffers()
            .AddSingleton<PricingSettingsStore>().AddSingleton<ProductRegistry>().AddSingleton<PriceListRegistry>().AddSingleton<PriceQuery>().AddSingleton<PriceApprovals>().AddSingleton<UserRights>().AddSingleton<TeamRegistry>().AddSingleton<SearchQuery>()
            .AddSingleton(new PublicAddress(new Uri("https://portal.example/"))).AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Library.PublishShippedAsync(default);
        (Seller, Head) = (await AddAsync("Sella Quick", "sales"), await AddAsync("Hugo Stern", "sales-head"));
        Client = await Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Lantern Works", PartnerKinds.Client, Responsible: Seller.UserId), Seller, default);
        Deal = await OpenDealAsync("Shelves for the hall");
        Shelf = await Services.GetRequiredService<ProductRegistry>().AddAsync(new("SH-1", "Oak shelf", null, ProductKind.Goods, "pcs", 20, new(60, "EUR"), 25), [], Head, default);
        var lists = Services.GetRequiredService<PriceListRegistry>();
        await lists.SetPriceAsync(await lists.AddAsync(new("Retail", PriceListKind.Retail, "EUR"), Head, default), Shelf, "", 0, 100, Head, default);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A deal of the seller's with the client.</summary>
    public Task<DealId> OpenDealAsync(string title) => Services.GetRequiredService<DealDesk>().AddAsync(new(new(title, Client, Manager: Seller.UserId)), Seller, default);

    /// <summary>What happens while a dollar is worth 0.8 of the company's money.</summary>
    public async Task WithDollarsAsync(Func<Task> job)
    {
        var settings = Services.GetRequiredService<PricingSettingsStore>();
        var (before, version) = await settings.SeeAsync(Head, default);
        await settings.ChangeAsync(before with { Rates = new() { ["USD"] = 0.8m } }, version, Head, default);
        try
        {
            await job();
        }
        finally
        {
            await settings.ChangeAsync(before, (await settings.SeeAsync(Head, default)).Version, Head, default);
        }
    }

    public OfferLine ShelfLine(decimal quantity = 3) => new(Guid.CreateVersion7(), OfferLineKind.Product, "Oak shelf") { Product = Shelf, Code = "SH-1", Unit = "pcs", Quantity = quantity, VatRate = 20 };

    public static OfferLine FreeLine(string name, decimal price, bool option = false) => new(Guid.CreateVersion7(), OfferLineKind.Free, name) { Asked = price, VatRate = 20, IsOption = option };

    public async Task<OfferSheet> SheetAsync(OfferId id, Actor? reader = null) => (await Query.FindAsync(id, null, reader ?? Head, default))!;

    /// <summary>A draft for the deal, or for one of its own.</summary>
    public async Task<OfferId> DraftAsync(DealId? deal, params OfferLine[] lines)
    {
        var id = await Desk.AddAsync(new("Shelves", deal, deal is null ? Client : null), Seller, default);
        await WriteAsync(id, c => c with { Lines = lines.Length == 0 ? [ShelfLine()] : lines });
        return id;
    }

    public async Task<WrittenOffer> WriteAsync(OfferId id, Func<OfferContent, OfferContent> change, Actor? by = null)
    {
        var sheet = await SheetAsync(id, by ?? Seller);
        return await Desk.WriteAsync(id, change(sheet.Written.Content), sheet.Version, by ?? Seller, default);
    }

    public async Task IssueAsync(OfferId id) => await Desk.IssueAsync(id, (await SheetAsync(id)).Version, Seller, default);

    /// <summary>A draft, issued and given by a link; its secret.</summary>
    public async Task<(OfferId Id, string Secret)> OutAsync(DealId? deal, params OfferLine[] lines)
    {
        var id = await DraftAsync(deal, lines);
        await IssueAsync(id);
        return (id, await Post.LinkAsync(id, Seller, default));
    }
}
