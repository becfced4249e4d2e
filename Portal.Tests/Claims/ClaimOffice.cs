using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Claims;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Pricing;
using Portal.Tests.Sales.Orders;

namespace Portal.Tests.Claims;

/// <summary>An office that hears complaints: that of the orders with invoices, somebody of quality and her head.</summary>
public sealed class ClaimOffice : OrderOffice
{
    public ClaimIntake Intake => Services.GetRequiredService<ClaimIntake>();
    public new ClaimDesk Desk => Services.GetRequiredService<ClaimDesk>();
    public ClaimSettlement Settlement => Services.GetRequiredService<ClaimSettlement>();
    public ClaimSettings Settings => Services.GetRequiredService<ClaimSettings>();
    public ClaimQuery Claims => Services.GetRequiredService<ClaimQuery>();
    public CausesQuery Causes => Services.GetRequiredService<CausesQuery>();
    public IncidentDesk Incidents => Services.GetRequiredService<IncidentDesk>();
    public InvoiceDesk Invoices => Services.GetRequiredService<InvoiceDesk>();

    public Actor Quality { get; private set; } = null!;
    public Actor Judge { get; private set; } = null!;
    public Actor Clerk { get; private set; } = null!;

    protected override void Furnish(IServiceCollection services)
    {
        base.Furnish(services);
        services.AddBilling().AddClaims();
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (Quality, Judge, Clerk) = (await AddAsync("Quinn Marsh", "quality"), await AddAsync("Judith Fair", "quality-head"), await AddAsync("Ann Count", "finance-head"));
    }

    /// <summary>Goods of an order that has gone: its order, line, shipment and product.</summary>
    public async Task<(SalesOrderId Order, Guid Line, ShipmentId Shipment, ProductHint Product)> SoldAsync(decimal quantity = 5)
    {
        var product = await ProductAsync("Panel", quantity * 2);
        var line = Line(product, quantity);
        var order = await PlacedAsync(line);
        return (order, line.Id, await ShipAsync(order), product);
    }

    /// <summary>A claim about a line of an order.</summary>
    public async Task<ClaimId> RegisterAsync(SalesOrderId order, Guid line, decimal? quantity = 2, Actor? by = null)
    {
        var id = ClaimId.New();
        await Intake.RegisterAsync(id, new(ClaimChannel.Call, new(null, Order: order, OrderLine: line, Quantity: quantity), new(ClaimKind.Damage, "Scratched")), by ?? Quality, default);
        return id;
    }

    public async Task<ClaimSheet> ClaimAsync(ClaimId id) => (await Claims.FindAsync(id, Judge, default))!;

    public async Task<uint> SeenAsync(ClaimId id) => (await ClaimAsync(id)).Claim.Version;

    /// <summary>A cause that comes with the product.</summary>
    public async Task<ClaimCauseId> CauseAsync(string key)
    {
        await using var db = Open();
        return await db.Set<ClaimCause>().Where(c => c.Key == key).Select(c => c.Id).SingleAsync();
    }

    /// <summary>Explains a claim by a cause that comes with the product.</summary>
    public async Task ExplainAsync(ClaimId id, string cause = "delivery.damaged") => await Desk.FindAsync(id, new(await CauseAsync(cause), null, "Seen on photos"), await SeenAsync(id), Quality, default);
}
