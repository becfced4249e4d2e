using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Claims;

/// <summary>
/// Which claims are meant; what is null does not narrow. <paramref name="Text"/> is looked for in number, text, findings, the other program's number and client; <paramref name="From"/> and <paramref name="Until"/>, both included, bound the
/// day on which it came. Of a cause those below it count, too.
/// </summary>
/// <param name="Open">only what is not over</param>
/// <param name="Late">only what is beyond its deadline, while something is to be done by us</param>
/// <param name="Mine">only what the reader answers for</param>
/// <param name="NoCause">only what nobody has explained</param>
/// <param name="NoStep">only what nobody knows where it went wrong</param>
/// <param name="Amiss">only what another program says was closed before it came</param>
/// <param name="Alone">of a cause without those below it</param>
/// <param name="Counted">only what figures count: not what was taken back</param>
public sealed record ClaimFilter(
    string? Text = null, ClaimState? State = null, bool Open = false, bool Late = false, bool Mine = false, ClaimKind? Kind = null, ClaimChannel? Channel = null, ClaimCauseId? Cause = null, bool NoCause = false, ClaimStepId? Step = null, bool NoStep = false,
    ClaimDecision? Decision = null, ClaimResult? Result = null, PartnerId? Partner = null, SalesOrderId? Order = null, ShipmentId? Shipment = null, TripId? Trip = null, ProductId? Product = null, VehicleId? Vehicle = null, DriverId? Driver = null,
    WarehouseId? Warehouse = null, string? Route = null, DateOnly? From = null, DateOnly? Until = null, bool Amiss = false, bool Alone = false, bool Counted = false);

/// <summary>The claims a filter means, for lists and figures alike.</summary>
internal static class ClaimSelection
{
    /// <summary>Claims within the actor's reach.</summary>
    public static async Task<IQueryable<Claim>> MatchingAsync(this PortalDb db, ClaimFilter filter, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        var (claims, me) = (db.Set<Claim>().AsNoTracking().Within(db, actor), actor.UserId);
        if (filter.State is { } state) claims = claims.Where(c => c.State == state);
        if (filter.Open) claims = claims.Where(c => c.State != ClaimState.Closed && c.State != ClaimState.Withdrawn);
        if (filter.Late) claims = claims.Where(c => c.State == ClaimState.Registered && (c.ReactBy < now || c.DecideBy < now) || c.State == ClaimState.Examining && c.DecideBy < now);
        if (filter.Mine) claims = claims.Where(c => c.Manager == me);
        if (filter.Kind is { } kind) claims = claims.Where(c => c.Kind == kind);
        if (filter.Channel is { } channel) claims = claims.Where(c => c.Channel == channel);
        if (filter.Cause is { } cause)
        {
            var branch = (filter.Alone ? [cause] : ClaimCause.Branch(cause, await ClaimSettings.TreeAsync(db, ct))).Select(id => (ClaimCauseId?)id).ToArray();
            claims = claims.Where(c => branch.Contains(c.Cause));
        }
        if (filter.NoCause) claims = claims.Where(c => c.Cause == null);
        if (filter.Step is { } step) claims = claims.Where(c => c.Step == step);
        if (filter.NoStep) claims = claims.Where(c => c.Step == null);
        if (filter.Decision is { } decision) claims = claims.Where(c => c.Decision == decision);
        if (filter.Result is { } result) claims = claims.Where(c => c.Result == result);
        if (filter.Partner is { } partner) claims = claims.Where(c => c.Partner == partner);
        if (filter.Order is { } order) claims = claims.Where(c => c.Order == order);
        if (filter.Shipment is { } shipment) claims = claims.Where(c => c.Shipment == shipment);
        if (filter.Trip is { } trip) claims = claims.Where(c => c.Trip == trip);
        if (filter.Product is { } product) claims = claims.Where(c => c.Product == product);
        if (filter.Vehicle is { } vehicle) claims = claims.Where(c => c.Vehicle == vehicle);
        if (filter.Driver is { } driver) claims = claims.Where(c => c.Driver == driver);
        if (filter.Warehouse is { } warehouse) claims = claims.Where(c => c.Warehouse == warehouse);
        if (filter.Route is { Length: > 0 } route) claims = claims.Where(c => c.Route == route);
        if (filter.From is { } from) claims = claims.Where(c => c.Day >= from);
        if (filter.Until is { } until) claims = claims.Where(c => c.Day <= until);
        if (filter.Counted) claims = claims.Where(c => c.State != ClaimState.Withdrawn);
        if (filter.Amiss) claims = claims.Where(c => c.ClosedBeforeOpened);
        var clients = db.Set<Partner>().Within(actor);
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            claims = claims.Where(c => EF.Functions.ILike(DocumentNumberText.Of(c.Year, c.Sequence)!, pattern, LikePattern.Escape) || EF.Functions.ILike(c.Text, pattern, LikePattern.Escape) || EF.Functions.ILike(c.Findings!, pattern, LikePattern.Escape)
                || EF.Functions.ILike(c.External!, pattern, LikePattern.Escape) || clients.Any(p => p.Id == c.Partner && EF.Functions.ILike(p.Name, pattern, LikePattern.Escape)));
        return claims;
    }
}
