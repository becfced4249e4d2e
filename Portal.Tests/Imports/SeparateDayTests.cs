using Portal.Infrastructure.Imports;

namespace Portal.Tests.Imports;

/// <summary>Files that keep the day of a trip or a fix and its time in columns of their own.</summary>
public sealed class SeparateDayTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private static readonly ImportReading Reading = new(
        new Dictionary<string, int> { ["time"] = 0, ["day"] = 1 }, TimeZoneInfo.FindSystemTimeZoneById("Europe/Chisinau"), true, DecimalSign.Point, new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("9:05", "01.05.2024", "2024-05-01T06:05:00Z")]
    [InlineData("9:05:30", "2024-05-01T00:00:00.000", "2024-05-01T06:05:30Z")]
    [InlineData("9:05 PM", "01/05/2024", "2024-05-01T18:05:00Z")]
    [InlineData("0.375", "2024-05-01", "2024-05-01T06:00:00Z")]
    [InlineData("9:05", "10.01.2024", "2024-01-10T07:05:00Z")]
    [InlineData("2024-05-02 09:05", "01.05.2024", "2024-05-02T06:05:00Z")]
    public void Time_OfADayInAnotherColumn_IsReadInTheZone(string time, string day, string utc) =>
        Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), new ImportRow(1, [time, day], Reading).Time("time", "day"));

    [Theory]
    [InlineData("9:05", "")]
    [InlineData("9:05", "soon")]
    [InlineData("25:05", "01.05.2024")]
    public void Time_WithoutItsDay_IsRefused(string time, string day)
    {
        var row = new ImportRow(1, [time, day], Reading);
        Assert.Null(row.Time("time", "day"));
        Assert.Equal("not-a-time", row.Refusal);
    }

    [Fact]
    public async Task Trips_OfAFileWithOneDay_AreTakenIn_PastMidnightToo()
    {
        var run = await rig.ImportAsync("trips", "day.csv", """
            Vehicle;Date;Pickup time;Dropoff time;From;To
            A1;01.05.2024;09:05;09:40;Depot;Mill
            A1;01.05.2024;23:50;00:20;Mill;Depot
            A1;;10:00;10:20;Depot;Mill
            """, settings => settings with { TimeZone = "Europe/Chisinau" });

        Assert.Equal((3, 2, 1), (run.Rows, run.Applied, run.Refused));
        Assert.Equal("2024-05-01 06:05/06:40, 2024-05-01 20:50/21:20", await rig.ScalarAsync<string>($"""
            select string_agg(to_char(pickup_from at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || '/' || to_char(ended_at at time zone 'UTC', 'HH24:MI'), ', ' order by pickup_from)
            from dispatch.trip where source = '{run.Source}'
            """));
    }
}
