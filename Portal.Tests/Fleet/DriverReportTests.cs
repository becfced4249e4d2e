using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Fleet;

namespace Portal.Tests.Fleet;

public sealed class DriverReportTests(FleetOffice office) : IClassFixture<FleetOffice>
{
    private const string Zone = "Europe/Chisinau";
    private static readonly TimeZoneInfo Clock = TimeZoneInfo.FindSystemTimeZoneById(Zone);

    private DriverReportQuery Report => office.Services.GetRequiredService<DriverReportQuery>();

    private Actor Reader => office.Dispatcher with { TimeZone = Zone };

    private Task<PageOf<DriverReportRow>> ReadAsync(DriverReportFilter filter, Actor? reader = null) =>
        Report.ReadAsync(filter, DriverReportSort.From, false, Slice.All, reader ?? Reader, default);

    /// <summary>A worked shift with one break; hours count from the start of a day UTC.</summary>
    private async Task<Shift> WorkedAsync(Driver driver, VehicleId vehicle, DateTimeOffset from, double hours, double breakAfter, double breakHours, bool end = true)
    {
        var shift = new Shift(ShiftId.New(), driver.Id, vehicle, office.Branch, new(from, from.AddHours(12)));
        shift.Start(from);
        shift.StartBreak(from.AddHours(breakAfter));
        shift.EndBreak(from.AddHours(breakAfter + breakHours));
        if (end) shift.End(from.AddHours(hours));
        await office.SaveAsync(shift);
        return shift;
    }

    [Fact]
    public async Task Report_PerDay_CutsShiftsAndBreaksAtTheReadersMidnight()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        // 20:00–04:00 in Chisinau (UTC+2), break 23:30–00:30
        await WorkedAsync(driver, vehicle.Id, new(2026, 2, 10, 18, 0, 0, TimeSpan.Zero), 8, 3.5, 1);

        var rows = (await ReadAsync(new(new(2026, 2, 1), new(2026, 2, 28), ReportUnit.Day, [driver.Id]))).Rows;

        Assert.Equal([new DateOnly(2026, 2, 10), new DateOnly(2026, 2, 11)], rows.Select(r => r.From));
        Assert.Equal([3.5, 3.5], rows.Select(r => r.WorkedHours));
    }

    [Fact]
    public async Task Sum_OfANightShiftAndTwoTrips_CountsTheShiftOnceAndAveragesTheTrips()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        var (other, _) = await office.DriverAsync();
        await WorkedAsync(driver, vehicle.Id, new(2026, 2, 10, 18, 0, 0, TimeSpan.Zero), 8, 3.5, 1);
        foreach (var (who, km) in new[] { (driver, 6.0), (driver, 12.0), (other, 3.0) })
            await office.TripAsync(who.Id, vehicle.Id, TripState.Completed, new(2026, 2, 10, 20, 0, 0, TimeSpan.Zero), km);

        var sum = await Report.SumAsync(new(new(2026, 2, 1), new(2026, 2, 28), ReportUnit.Day, [driver.Id, other.Id]), Reader, default);

        Assert.Equal((1, 3, 7.0, 21.0, 7.0), (sum.Shifts, sum.Trips, sum.AverageKm!.Value, sum.TotalKm!.Value, sum.WorkedHours));
    }

    [Fact]
    public async Task Report_AtItsEnds_CountsOnlyWhatLiesInside()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        await WorkedAsync(driver, vehicle.Id, new(2026, 2, 10, 18, 0, 0, TimeSpan.Zero), 8, 3.5, 1);

        var row = Assert.Single((await ReadAsync(new(new(2026, 2, 11), new(2026, 2, 12), ReportUnit.Total, [driver.Id]))).Rows);

        Assert.Equal((3.5, new DateOnly(2026, 2, 11)), (row.WorkedHours, row.From));
    }

    [Fact]
    public async Task Report_OfAnOpenShiftWithARunningBreak_CountsUntilNow()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, self) = await office.DriverAsync();
        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, self, default, office.Now.AddHours(-3));
        await office.Shifts.StartBreakAsync(shift, self, default, office.Now.AddHours(-1));

        var row = Assert.Single((await ReadAsync(new(new(2026, 3, 2), new(2026, 3, 2), ReportUnit.Total, [driver.Id]))).Rows);

        Assert.Equal(2, row.WorkedHours, 9);
    }

    [Fact]
    public async Task Report_CountsCompletedTripsOnly_AndAveragesKnownLengths()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        DateTimeOffset At(int day) => new(2026, 1, day, 10, 0, 0, TimeSpan.Zero);
        await office.TripAsync(driver.Id, vehicle.Id, TripState.Completed, At(5), 12);
        await office.TripAsync(driver.Id, vehicle.Id, TripState.Completed, At(20), 8);
        await office.TripAsync(driver.Id, vehicle.Id, TripState.Completed, At(21));
        await office.TripAsync(driver.Id, vehicle.Id, TripState.OnBoard, At(22), 100);

        var row = Assert.Single((await ReadAsync(new(new(2026, 1, 1), new(2026, 1, 31), ReportUnit.Month, [driver.Id]))).Rows);

        Assert.Equal((3, 10d, 20d), (row.Trips, row.AverageKm, row.TotalKm));
        var trips = await Report.TripsAsync(new(new(2026, 1, 1), new(2026, 1, 31), ReportUnit.Month, [driver.Id]), Slice.All, Reader, default);
        Assert.Equal(3, trips.Total);
        Assert.Equal(("Mill Lane 12", "Harbour Gate 3", 60d), (trips.Rows[0].Pickup, trips.Rows[0].Dropoff, trips.Rows[0].RideSeconds));
    }

    /// <summary>The same figures, computed from the entities minute by minute instead of in SQL.</summary>
    [Theory]
    [InlineData(ReportUnit.Day)]
    [InlineData(ReportUnit.Month)]
    [InlineData(ReportUnit.Year)]
    public async Task Report_EqualsACountOfMinutes(ReportUnit unit)
    {
        var random = new Random(20_260_302);
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        var shifts = new List<Shift>();
        // four nights around New Year and four around the change of the clocks
        foreach (var first in new[] { new DateTimeOffset(2025, 12, 29, 15, 0, 0, TimeSpan.Zero), new DateTimeOffset(2025, 10, 24, 15, 0, 0, TimeSpan.Zero) })
            for (var night = 0; night < 4; night++)
                shifts.Add(await WorkedAsync(driver, vehicle.Id, first.AddDays(night).AddMinutes(random.Next(240)), 10 + random.Next(3), random.Next(1, 9), random.Next(1, 60) / 60.0));
        var trips = new List<Trip>();
        for (var i = 0; i < 30; i++)
            trips.Add(await office.TripAsync(driver.Id, vehicle.Id, TripState.Completed, new DateTimeOffset(2025, 10, 20, 0, 0, 0, TimeSpan.Zero).AddHours(random.Next(24 * 80)), random.Next(1, 40)));
        var filter = new DriverReportFilter(new(2025, 10, 25), new(2026, 1, 1), unit, [driver.Id]);

        var rows = (await ReadAsync(filter)).Rows;

        DateOnly LocalDay(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Clock).Date);
        DateOnly Bucket(DateOnly day) => unit switch { ReportUnit.Day => day, ReportUnit.Month => new(day.Year, day.Month, 1), _ => new(day.Year, 1, 1) };
        bool Inside(DateOnly day) => day >= filter.From && day <= filter.To;
        var minutes = new Dictionary<DateOnly, int>();
        foreach (var shift in shifts)
            for (var at = shift.StartedAt!.Value; at < shift.EndedAt; at = at.AddMinutes(1))
                if (Inside(LocalDay(at)) && !shift.Breaks.Any(b => at >= b.From && at < b.To))
                    minutes[Bucket(LocalDay(at))] = minutes.GetValueOrDefault(Bucket(LocalDay(at))) + 1;
        var counted = trips.Where(t => Inside(LocalDay(t.EndedAt!.Value))).GroupBy(t => Bucket(LocalDay(t.EndedAt!.Value))).ToDictionary(g => g.Key, g => g.ToList());

        Assert.Equal(minutes.Keys.Union(counted.Keys).Order(), rows.Select(r => r.From));
        foreach (var row in rows)
        {
            Assert.Equal(minutes.GetValueOrDefault(row.From), (int)Math.Round(row.WorkedSeconds / 60));
            Assert.Equal(counted.GetValueOrDefault(row.From)?.Count ?? 0, row.Trips);
            Assert.Equal(counted.GetValueOrDefault(row.From)?.Average(t => t.PlannedKm), row.AverageKm);
        }
    }

    [Fact]
    public async Task Report_ForADriver_ShowsHimselfWhateverHeAsksFor()
    {
        var (a, b) = (await office.VehicleAsync(), await office.VehicleAsync());
        var ((own, self), (other, _)) = (await office.DriverAsync(), await office.DriverAsync());
        var day = new DateTimeOffset(2026, 2, 20, 8, 0, 0, TimeSpan.Zero);
        await WorkedAsync(own, a.Id, day, 8, 4, 0.5);
        await WorkedAsync(other, b.Id, day, 8, 4, 0.5);
        await office.TripAsync(other.Id, b.Id, TripState.Completed, day);
        var filter = new DriverReportFilter(new(2026, 2, 1), new(2026, 2, 28), ReportUnit.Total, [other.Id]);

        Assert.Equal(own.Id.Value, Assert.Single((await ReadAsync(filter, self)).Rows).Driver);
        Assert.Empty((await Report.TripsAsync(filter, Slice.All, self, default)).Rows);
        Assert.Equal([own.Id], (await Report.DriversAsync(self, default)).Select(d => d.Id));
    }

    [Fact]
    public async Task Report_ForSomebodyWithoutTheRight_IsRefused()
    {
        var stranger = Dispatch.Orders.Person("Stranger");

        Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(() => ReadAsync(new(new(2026, 2, 1), new(2026, 2, 28)), stranger))).Code);
    }

    [Fact]
    public async Task Report_OfAShiftWithATrack_TellsTheKilometresDrivenInIt()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        DateTimeOffset At(double hour) => new DateTimeOffset(2026, 2, 20, 0, 0, 0, TimeSpan.Zero).AddHours(hour);
        await WorkedAsync(driver, vehicle.Id, At(8), 8, 3.5, 1);
        var inShift = await DriveAsync(vehicle.Id, At(9), 47);
        await DriveAsync(vehicle.Id, At(18), 47.06);
        await RecordAsync();

        Assert.Equal(inShift, (await DrivenAsync(driver)).Rows.Single().DrivenKm!.Value, 0.3);
        Assert.Equal(0, await RecordAsync());

        // a phone that was offline hands in its afternoon
        var later = await DriveAsync(vehicle.Id, At(13), 47.06, back: true);
        office.Clock.Advance(TrackDays.Again + TimeSpan.FromMinutes(1));
        Assert.Equal(1, await RecordAsync());

        Assert.Equal(inShift + later, (await DrivenAsync(driver)).Rows.Single().DrivenKm!.Value, 0.6);
        Assert.Null((await ReadAsync(new(new(2026, 2, 21), new(2026, 2, 21), ReportUnit.Total, [driver.Id]))).Rows.FirstOrDefault()?.DrivenKm);
    }

    private Task<PageOf<DriverReportRow>> DrivenAsync(Driver driver) => ReadAsync(new(new(2026, 2, 20), new(2026, 2, 20), ReportUnit.Day, [driver.Id]));

    private async Task<int> RecordAsync()
    {
        using var recorder = ActivatorUtilities.CreateInstance<DriveRecorder>(office.Services);
        return await recorder.RecordAsync(default);
    }

    /// <summary>Stores a track: ten minutes standing, ten minutes northwards at 40 km/h (half of them back), ten minutes standing. Its length in km.</summary>
    private async Task<double> DriveAsync(VehicleId vehicle, DateTimeOffset from, double latitude, bool back = false)
    {
        var readings = Enumerable.Range(0, 180).Select(i => new PositionReading
        {
            Vehicle = vehicle, Time = from.AddSeconds(10 * i), Received = office.Now, Point = new GeoPoint(latitude + (North(Math.Clamp(i - 60, 0, 60)) * 0.001), 28.8),
        }).ToList();
        await using var connection = await office.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await new PositionDays().EnsureAsync(connection, readings, default);
        await new TrackDays(office.Clock).NoteAsync(connection, readings, default);
        Assert.Equal(180, await new PositionInsert().WriteAsync(connection, readings, default));
        return TrackMath.Kilometres(readings.Select(r => new TrackPoint(r.Time, r.Point!.Value)));

        int North(int steps) => back ? Math.Min(steps, 60 - steps) : steps;
    }
}
