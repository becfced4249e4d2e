using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Radzen.Documents.Spreadsheet;

namespace Portal.Web.Dispatch;

/// <summary>The history list as a workbook: the same filter and the same rights as the page.</summary>
public static class TripExport
{
    private const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>Maps <c>GET /trips/export</c>.</summary>
    public static void MapTripExport(this IEndpointRouteBuilder routes) => routes.MapGet("/trips/export", async (
        HttpContext http, TripListQuery trips, UserRights rights, Texts texts, TimeProvider time,
        string? state, Guid? branch, Guid? customer, Guid? vehicle, Guid? driver, string? from, string? to, string? q, bool? late, string? sort, bool? desc, CancellationToken ct) =>
    {
        if (await rights.FindAsync(http.User, http.Connection.RemoteIpAddress?.ToString() ?? "", ct) is not { } actor) return Results.Unauthorized();
        var clock = LocalTime.For(actor, time);
        var address = new TripListAddress(state, branch, customer, vehicle, driver, from, to, q, late ?? false, sort, desc ?? false);
        try
        {
            var listing = await trips.PageAsync(address.Filter(clock), address.Ordering, address.Descending, Slice.All, actor, ct);
            return Results.File(Workbook(listing.Rows, texts, clock), Xlsx, "trips.xlsx");
        }
        catch (RuleBrokenException)
        {
            return Results.Forbid();
        }
    }).RequireAuthorization();

    /// <summary>A workbook with a heading row and a row per trip.</summary>
    public static byte[] Workbook(IReadOnlyList<TripRow> rows, Texts texts, LocalTime clock)
    {
        string[] heads = ["board.number", "board.state", "board.pickup-time", "order.who", "order.from", "order.to", "board.vehicle", "board.driver", "field.trip.passengers", "field.trip.cargo", "board.km", "order.reason"];
        var workbook = new Workbook();
        var sheet = workbook.AddSheet("Trips", rows.Count + 1, heads.Length);
        for (var column = 0; column < heads.Length; column++) sheet.Cells[0, column].Value = texts[heads[column]];
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            object?[] values = [row.Number, texts[$"tripState.{row.State}"], clock.Of(row.PickupFrom).DateTime, row.Who, row.From, row.To, row.Plate, row.Driver, row.Passengers, row.Cargo, row.PlannedKm, row.Reason];
            for (var column = 0; column < values.Length; column++) sheet.Cells[i + 1, column].Value = values[column] is string text ? Neutral(text) : values[column];
        }
        using var stream = new MemoryStream();
        workbook.SaveToStream(stream);
        return stream.ToArray();
    }

    /// <summary>A text that no spreadsheet takes for a formula, wherever it is opened or pasted.</summary>
    public static string Neutral(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
}
