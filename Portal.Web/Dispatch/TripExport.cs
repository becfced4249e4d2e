using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <summary>The history list as a file: the same filter and the same rights as the page.</summary>
public static class TripExport
{
    /// <summary>Maps <c>/export/trips.*</c>.</summary>
    public static void MapTripExport(this IEndpointRouteBuilder routes) => routes.MapGet("/export/trips.{format}", async (
        string format, HttpContext http, TripListQuery trips, AuditLog audit, Texts texts, TimeProvider time,
        string? state, Guid? branch, Guid? customer, Guid? vehicle, Guid? driver, DateOnly? from, DateOnly? to, string? q, bool? late, string? sort, bool? desc, CancellationToken ct) =>
    {
        var actor = await http.ActorAsync();
        var clock = LocalTime.For(actor, time);
        var address = new TripListAddress(state, branch, customer, vehicle, driver, from, to, q, late ?? false, sort, desc ?? false);
        var listing = await trips.PageAsync(address.Filter(clock), address.Ordering, address.Descending, Slice.All, actor, ct);
        return await TableFile.OfAsync(audit, actor, format, "trips", Columns(texts, clock), listing.Rows, ct);
    }).RequireAuthorization();

    private static TableColumn<TripRow>[] Columns(Texts t, LocalTime clock) =>
    [
        new(t["board.number"], r => r.Number), new(t["board.state"], r => t[$"tripState.{r.State}"]), new(t["board.pickup-time"], r => clock.Of(r.PickupFrom).DateTime),
        new(t["order.who"], r => r.Who), new(t["order.from"], r => r.From), new(t["order.to"], r => r.To), new(t["board.vehicle"], r => r.Plate), new(t["board.driver"], r => r.Driver),
        new(t["field.trip.passengers"], r => r.Passengers), new(t["field.trip.cargo"], r => r.Cargo), new(t["board.km"], r => r.PlannedKm), new(t["order.reason"], r => r.Reason),
    ];
}
