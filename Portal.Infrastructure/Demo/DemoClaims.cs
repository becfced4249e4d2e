using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Claims;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Demo;

/// <summary>
/// What clients of the demo company complain about: one that nobody has looked at in time, one that waits for its client, one of each decision, closed ones with each result, and a cause that comes again and again. Made by the jobs that people use, with
/// their clocks set back; one is run by the map of claims.
/// </summary>
public sealed class DemoClaims(IServiceProvider services, IDbContextFactory<PortalDb> contexts, UserRights rights, TimeProvider time)
{
    /// <param name="Until">where the story stops: at this state, or closed with a result</param>
    private sealed record Story(double DaysAgo, ClaimKind Kind, string Text, string Cause, string Step, ClaimState Until, ClaimDecision Decision = ClaimDecision.Replace, decimal? Allowed = null, ClaimResult? Result = null, ClaimChannel Channel = ClaimChannel.Call);

    private static readonly Story[] Stories =
    [
        new(26, ClaimKind.Damage, "Two of the boards have broken corners, the pallet had no edge protection.", "picking.packing", "warehouse", ClaimState.Closed, ClaimDecision.Replace, 60, ClaimResult.Kept),
        new(19, ClaimKind.Quality, "The surface came off after a week of use.", "client.handling", "client", ClaimState.Closed, ClaimDecision.Refuse, null, ClaimResult.Lost, ClaimChannel.Mail),
        new(15, ClaimKind.Damage, "Scratches along the front edge again, as last time.", "picking.packing", "warehouse", ClaimState.Closed, ClaimDecision.Refund, 45, ClaimResult.Returned, ClaimChannel.Mail),
        new(9, ClaimKind.Quantity, "One pack was missing from the pallet.", "picking.short", "warehouse", ClaimState.Answered, ClaimDecision.Replace, 30),
        new(8, ClaimKind.Quality, "The drawer does not close, the runner is bent.", "goods.defect", "production", ClaimState.Decided, ClaimDecision.Repair, 25),
        new(6, ClaimKind.Damage, "Corners crushed, the straps had cut into the boards.", "picking.packing", "warehouse", ClaimState.Examining),
        new(5, ClaimKind.Delay, "Promised for the morning, delivered at six in the evening.", "", "", ClaimState.Registered),
        new(3, ClaimKind.Quality, "The colour differs from the sample.", "", "", ClaimState.Waiting, Channel: ClaimChannel.Mail),
    ];

    /// <summary>Founds the claims once, about goods that were shipped.</summary>
    internal async Task FoundAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Claim>().AnyAsync(ct)) return;
        if (await FindAsync(db, "quality", ct) is not { } quality || await FindAsync(db, "quality-head", ct) is not { } head) return;
        var goods = (await db.Set<Shipment>().AsNoTracking().Where(s => s.State == ShipmentState.Posted).OrderBy(s => s.PostedAt).ToListAsync(ct)).SelectMany(s => s.Lines.Select(l => (Shipment: s, Line: l))).ToList();
        if (goods.Count == 0) return;
        foreach (var (place, story) in Stories.Index())
        {
            var (shipment, line) = goods[place % goods.Count];
            await TellAsync(db, story, shipment, line, quality, head, ct);
        }
        var (last, item) = goods[^1];
        await new ClaimIntake(contexts, services.GetRequiredService<WorkHints>(), time).RegisterAsync(ClaimId.New(), Order(last, item, ClaimKind.Damage, "The box was open and wet on one side.", ClaimChannel.Call, null, false), quality, ct);
    }

    private async Task TellAsync(PortalDb db, Story story, Shipment shipment, ShipmentLine line, Actor quality, Actor head, CancellationToken ct)
    {
        var clock = new StoryClock(time.GetUtcNow().AddDays(-story.DaysAgo));
        var hints = services.GetRequiredService<WorkHints>();
        var (desk, settlement, id) = (new ClaimDesk(contexts, clock), new ClaimSettlement(contexts, hints, clock), ClaimId.New());
        await new ClaimIntake(contexts, hints, clock).RegisterAsync(id, Order(shipment, line, story.Kind, story.Text, story.Channel, clock.GetUtcNow(), true), quality, ct);
        if (story.Until == ClaimState.Registered) return;
        clock.Advance(TimeSpan.FromHours(3));
        await desk.ExamineAsync(id, await SeenAsync(db, id, ct), quality, ct);
        if (story.Until == ClaimState.Waiting)
        {
            await desk.AskClientAsync(id, await SeenAsync(db, id, ct), quality, ct);
            return;
        }
        var cause = await db.Set<ClaimCause>().Where(c => c.Key == story.Cause).Select(c => c.Id).FirstAsync(ct);
        var step = await db.Set<ClaimStep>().Where(s => s.Key == story.Step).Select(s => s.Id).FirstAsync(ct);
        await desk.FindAsync(id, new(cause, step, "Seen on the photos of the client."), await SeenAsync(db, id, ct), quality, ct);
        if (story.Until == ClaimState.Examining) return;
        clock.Advance(TimeSpan.FromHours(20));
        await settlement.DecideAsync(id, new(story.Decision, story.Allowed, null, story.Decision is ClaimDecision.Repair, story.Decision == ClaimDecision.Refuse ? "The goods bore more than they are made for." : null), await SeenAsync(db, id, ct), head, ct);
        if (story.Until == ClaimState.Decided) return;
        await settlement.InformAsync(id, story.Decision == ClaimDecision.Refuse ? "We have to refuse: the goods bore more than they are made for." : "We are sorry, and make it good as agreed.", null, await SeenAsync(db, id, ct), quality, ct);
        if (story.Result is not { } result) return;
        clock.Advance(TimeSpan.FromDays(2));
        if (result != ClaimResult.Lost) await settlement.ConfirmAsync(id, true, "Thank you.", quality, ct);
        await settlement.CloseAsync(id, result, null, story.Step == "warehouse" ? "Edge protection is part of the packing list." : null, await SeenAsync(db, id, ct), quality, ct);
    }

    private static ClaimOrder Order(Shipment shipment, ShipmentLine line, ClaimKind kind, string text, ClaimChannel channel, DateTimeOffset? at, bool byHand) =>
        new(channel, new(shipment.Partner, Order: line.Order, OrderLine: line.OrderLine, Shipment: shipment.Id, Quantity: 1), new(kind, text), at, byHand);

    private static Task<uint> SeenAsync(PortalDb db, ClaimId id, CancellationToken ct) => db.Set<Claim>().Where(c => c.Id == id).Select(c => c.Version).FirstAsync(ct);

    private async Task<Actor?> FindAsync(PortalDb db, string role, CancellationToken ct)
    {
        var user = await (from held in db.Set<UserRole>() join known in db.Set<Role>() on held.RoleId equals known.Id where known.Code == role orderby held.UserId select (Guid?)held.UserId).FirstOrDefaultAsync(ct);
        return user is { } id ? await rights.FindAsync(id, ct) : null;
    }
}
