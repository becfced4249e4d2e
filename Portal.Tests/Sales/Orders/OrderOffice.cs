using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;
using Portal.Tests.Sales.Offers;

namespace Portal.Tests.Sales.Orders;

/// <summary>An office that takes orders: that of the offers with two warehouses and who keeps them.</summary>
public class OrderOffice : OfferOffice
{
    public OrderDesk Orders => Services.GetRequiredService<OrderDesk>();
    public OrderFulfilment Fulfilment => Services.GetRequiredService<OrderFulfilment>();
    public OrderQuery OrderCards => Services.GetRequiredService<OrderQuery>();
    public OrderListQuery OrderList => Services.GetRequiredService<OrderListQuery>();
    public OrderSuggestions Suggestions => Services.GetRequiredService<OrderSuggestions>();

    public ShipmentDesk Shipping => Services.GetRequiredService<ShipmentDesk>();
    public ShipmentQuery Shipments => Services.GetRequiredService<ShipmentQuery>();

    public ShipmentDelivery Delivery => Services.GetRequiredService<ShipmentDelivery>();
    public DeliveryResults Results => Services.GetRequiredService<DeliveryResults>();
    public DeliveryQuery Deliveries => Services.GetRequiredService<DeliveryQuery>();

    public Actor Keeper { get; private set; } = null!;
    public WarehouseId Main { get; private set; }
    public WarehouseId Shop { get; private set; }

    protected override void Furnish(IServiceCollection services)
    {
        base.Furnish(services);
        services.AddStock().AddOrders().AddSingleton<ProductListQuery>().AddSingleton<Roads>().AddSingleton<TripRegistration>();
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Keeper = await AddAsync("Kira Ward", "warehouse-head");
        var stores = Services.GetRequiredService<WarehouseRegistry>();
        Main = await stores.OpenAsync("Hall", StockModel.Batch, null, Keeper, default);
        Shop = await stores.OpenAsync("Shop", StockModel.Average, null, Keeper, default);
    }

    /// <summary>A product that costs 10 and sells at 20, of which so many lie in the hall.</summary>
    public async Task<ProductHint> ProductAsync(string name, decimal there = 0, ProductKind kind = ProductKind.Goods, params (ProductId Part, decimal Quantity)[] parts)
    {
        var code = $"{name}-{Guid.NewGuid():N}"[..20];
        var id = await Services.GetRequiredService<ProductRegistry>().AddAsync(
            new(code, name, null, kind, "pcs", 20, kind == ProductKind.Kit ? null : new(10, "EUR")) { Units = kind == ProductKind.Goods ? [new("box", 10)] : [] }, [.. parts.Select(p => new PartOfKit(p.Part, p.Quantity))], Head, default);
        var lists = Services.GetRequiredService<PriceListRegistry>();
        await lists.SetPriceAsync(await lists.AddAsync(new(code, PriceListKind.Retail, "EUR"), Head, default), id, "", 0, 20, Head, default);
        if (there > 0) await ReceiveAsync(Main, id, there);
        return new(id, code, name, "pcs", [], kind, 20);
    }

    /// <summary>Goods that come in.</summary>
    public async Task ReceiveAsync(WarehouseId warehouse, ProductId product, decimal quantity, decimal price = 10)
    {
        var (desk, cards, id) = (Services.GetRequiredService<StockDesk>(), Services.GetRequiredService<StockDocumentQuery>(), StockDocumentId.New());
        // prices of receipts are written by who sees cost
        var system = Actor.System("test");
        await desk.AddAsync(id, StockDocumentKind.Receipt, system, default);
        var draft = (await cards.FindAsync(id, system, default))!;
        await desk.PostAsync(id, await desk.WriteAsync(id, draft.Head with { Warehouse = warehouse }, [new(Guid.CreateVersion7(), product, quantity, "pcs") { Price = price }], draft.Version, system, default), system, default);
    }

    public static OfferLine Line(ProductHint product, decimal quantity, string unit = "pcs") => new(Guid.CreateVersion7(), OfferLineKind.Product, product.Name) { Product = product.Id, Code = product.Code, Unit = unit, Quantity = quantity, VatRate = 20 };

    public async Task<OrderSheet> OrderAsync(SalesOrderId id, Actor? reader = null) => (await OrderCards.FindAsync(id, reader ?? Head, default))!;

    /// <summary>Goods of a product in the hall, and how many of them are set aside.</summary>
    public async Task<(decimal There, decimal Reserved)> InHallAsync(ProductHint product) =>
        (await Services.GetRequiredService<StockBalanceQuery>().ListAsync(new(Warehouse: Main, Product: product.Id), BalanceSort.Code, false, Infrastructure.Database.Slice.All, Actor.System("test"), default)).Rows is [var row] ? (row.Quantity, row.Reserved) : (0, 0);

    /// <summary>A draft for the client, or another.</summary>
    public async Task<SalesOrderId> DraftOrderAsync(PartnerId? client, params OfferLine[] lines)
    {
        var id = SalesOrderId.New();
        await Orders.AddAsync(id, client ?? Client, Seller, default);
        await WriteOrderAsync(id, c => c with { Lines = lines });
        return id;
    }

    public async Task<WrittenOffer> WriteOrderAsync(SalesOrderId id, Func<OfferContent, OfferContent> change, Func<OrderHead, OrderHead>? head = null, params OrderDelivery[] deliveries)
    {
        var sheet = await OrderAsync(id, Seller);
        return await Orders.WriteAsync(id, (head ?? (h => h))(sheet.Head with { Warehouse = sheet.Head.Warehouse ?? Main }), change(sheet.Written.Content), deliveries, sheet.Version, Seller, default);
    }

    public async Task PlaceAsync(SalesOrderId id) => await Fulfilment.PlaceAsync(id, (await OrderAsync(id)).Version, Seller, default);

    /// <summary>Begins to pick an order.</summary>
    public async Task<ShipmentId> PickAsync(SalesOrderId order)
    {
        var id = ShipmentId.New();
        await Shipping.BeginAsync(id, order, Keeper, default);
        return id;
    }

    public async Task<ShipmentSheet> ShipmentAsync(ShipmentId id) => (await Shipments.FindAsync(id, Keeper, default))!;

    /// <summary>Ships so much of the first line of what was picked, or all.</summary>
    public async Task<ShipmentId> ShipAsync(SalesOrderId order, decimal? quantity = null)
    {
        var id = await PickAsync(order);
        var sheet = await ShipmentAsync(id);
        var version = quantity is { } some ? await Shipping.WriteAsync(id, sheet.Head, new Dictionary<(SalesOrderId, Guid), decimal> { [(order, sheet.Lines[0].Line.OrderLine)] = some }, sheet.Version, Keeper, default) : sheet.Version;
        await Shipping.PostAsync(id, version, Keeper, default);
        return id;
    }

    /// <summary>An order of the client that is placed.</summary>
    public async Task<SalesOrderId> PlacedAsync(params OfferLine[] lines)
    {
        var id = await DraftOrderAsync(null, lines);
        await WriteOrderAsync(id, c => c, h => h with { Warehouse = Main });
        await PlaceAsync(id);
        return id;
    }
}
