using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Fleet;

/// <summary>The fleet's lists and the driver report as files: the filter of the page, the rights of who asks.</summary>
internal static class FleetExports
{
    /// <summary>Maps <c>/export/vehicles.*</c>, <c>/export/drivers.*</c> and the two of the driver report.</summary>
    public static void MapFleetExports(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/export").RequireAuthorization();
        files.MapGet("/vehicles.{format}", async (string format, string? text, Guid? @class, bool? onShift, bool? archived, bool? imported, string? source, string? sort, bool? desc, HttpContext http, VehicleListQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            var filter = new VehicleFilter(text, @class is { } id ? new(id) : null, onShift, archived ?? false, imported ?? false, source);
            var rows = (await list.ListAsync(filter, Named.Of<VehicleSort>(sort) ?? VehicleSort.Plate, desc ?? false, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "vehicles", VehicleColumns(t), rows, http.RequestAborted);
        });
        files.MapGet("/drivers.{format}", async (string format, string? text, bool? onShift, bool? archived, bool? imported, string? source, string? sort, bool? desc, HttpContext http, DriverListQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            var rows = (await list.ListAsync(new(text, onShift, archived ?? false, imported ?? false, source), Named.Of<DriverSort>(sort) ?? DriverSort.Name, desc ?? false, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "drivers", DriverColumns(t), rows, http.RequestAborted);
        });
        files.MapGet("/driver-report.{format}", async (string format, [AsParameters] ReportAddress asked, HttpContext http, DriverReportQuery report, AuditLog audit, Texts t, TimeProvider time) =>
        {
            var actor = await http.ActorAsync();
            var filter = asked.Filter(actor, time);
            var rows = (await report.ReadAsync(filter, Named.Of<DriverReportSort>(asked.Sort) ?? DriverReportSort.Driver, asked.Desc ?? false, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "driver-report", ReportColumns(t, await report.SumAsync(filter, actor, http.RequestAborted)), rows, http.RequestAborted);
        });
        files.MapGet("/driver-report-trips.{format}", async (string format, [AsParameters] ReportAddress asked, HttpContext http, DriverReportQuery report, AuditLog audit, Texts t, TimeProvider time) =>
        {
            var actor = await http.ActorAsync();
            var rows = (await report.TripsAsync(asked.Filter(actor, time), Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "driver-report-trips", TripColumns(t, TimeZoneInfo.FindSystemTimeZoneById(actor.TimeZone)), rows, http.RequestAborted);
        });
    }

    private static TableColumn<VehicleRow>[] VehicleColumns(Texts t) =>
    [
        new(t["vehicles.plate"], v => v.Plate), new(t["vehicles.model"], v => v.Model), new(t["vehicles.class"], v => v.Class), new(t["vehicles.branch"], v => v.Branch),
        new(t["vehicles.seats"], v => v.Seats), new(t["vehicles.payload"], v => v.PayloadKg), new(t["vehicles.volume"], v => v.VolumeM3),
        new(t["vehicles.equipment"], v => string.Join(", ", v.Equipment)), new(t["vehicles.depot"], v => v.Depot), new(t["vehicles.driver-now"], v => v.Driver),
    ];

    private static TableColumn<DriverRow>[] DriverColumns(Texts t) =>
    [
        new(t["drivers.name"], d => d.Name), new(t["drivers.phone"], d => d.Phone), new(t["drivers.job-title"], d => d.JobTitle), new(t["drivers.branch"], d => d.Branch),
        new(t["drivers.licence"], d => d.LicenceCategories), new(t["drivers.usual-vehicle"], d => d.UsualVehicle), new(t["drivers.user"], d => d.UserName),
        new(t["drivers.on-vehicle"], d => d.OnVehicle),
    ];

    // Rounded as on the screen.
    private static TableColumn<DriverReportRow>[] ReportColumns(Texts t, DriverReportRow sum)
    {
        return
        [
            new(t["report.driver"], r => r.Name) { Sum = t["report.sum"] }, new(t["report.from"], r => r.From.ToDateTime(default)),
            Summed("report.worked", r => Math.Round(r.WorkedHours, 2)), Summed("report.shifts", r => r.Shifts), Summed("report.trips", r => r.Trips),
            Summed("report.average-km", r => Km(r.AverageKm)), Summed("report.total-km", r => Km(r.TotalKm)), Summed("report.driven-km", r => Km(r.DrivenKm)),
        ];

        TableColumn<DriverReportRow> Summed(string title, Func<DriverReportRow, object?> value) => new(t[title], value) { Sum = value(sum) };
    }

    private static TableColumn<DriverReportTrip>[] TripColumns(Texts t, TimeZoneInfo zone) =>
    [
        new(t["report.number"], r => r.Number), new(t["report.driver"], r => r.Driver), new(t["report.vehicle"], r => r.Plate),
        new(t["report.ended"], r => TimeZoneInfo.ConvertTime(r.EndedAt, zone).DateTime), new(t["report.pickup"], r => r.Pickup), new(t["report.dropoff"], r => r.Dropoff),
        new(t["report.km"], r => Km(r.PlannedKm)), new(t["report.ride"], r => r.RideSeconds is { } seconds ? Math.Round(seconds / 60) : null),
    ];

    private static double? Km(double? km) => km is { } known ? Math.Round(known, 1) : null;
}

/// <summary>The address of the driver report: what stands in its query string.</summary>
public sealed record ReportAddress(DateOnly? From, DateOnly? To, string? Unit, Guid? Driver, string? Sort, bool? Desc)
{
    /// <summary>The filter; without dates it is the reader's current month.</summary>
    public DriverReportFilter Filter(Actor reader, TimeProvider time)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(reader.TimeZone)).Date);
        var unit = Named.Of<ReportUnit>(Unit) ?? ReportUnit.Total;
        return new(LocalTime.Known(From) ?? new DateOnly(today.Year, today.Month, 1), LocalTime.Known(To) ?? today, unit, Driver is { } id ? [new DriverId(id)] : null);
    }
}
