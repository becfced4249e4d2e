using Portal.Infrastructure.Imports;

namespace Portal.Tests.Imports;

/// <summary>Every way a row can be wrong, and that it harms no other row.</summary>
public sealed class RefusedRowTests(ImportRig rig) : IClassFixture<ImportRig>
{
    [Theory]
    [InlineData("7,,2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3", "missing vehicle")]
    [InlineData("7,A1,,2024-05-01T10:20Z,46.1,30.2,46.2,30.3", "missing pickup-time")]
    [InlineData("7,A1,noon,2024-05-01T10:20Z,46.1,30.2,46.2,30.3", "not-a-time pickup-time noon")]
    [InlineData("7,A1,2099-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3", "time-out-of-range pickup-time 2099-05-01T10:00Z")]
    [InlineData("7,A1,2024-05-01T10:00Z,2024-05-01T09:20Z,46.1,30.2,46.2,30.3", "ends-before-start")]
    [InlineData("7,A1,2024-05-01T10:00Z,2024-05-03T10:20Z,46.1,30.2,46.2,30.3", "too-long-trip")]
    [InlineData("7,A1,2024-05-01T10:00Z,2024-05-01T10:20Z,91,30.2,46.2,30.3", "out-of-range pickup-latitude 91")]
    [InlineData("7,A1,2024-05-01T10:00Z,2024-05-01T10:20Z,x,30.2,46.2,30.3", "not-a-number pickup-latitude x")]
    [InlineData("7,A1,2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,,46.2,30.3", "missing pickup-longitude")]
    [InlineData("7,A1,2024-05-01T10:00Z,2024-05-01T10:20Z,0,0,46.2,30.3", "no-place pickup")]
    [InlineData("7,A1,2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,,", "no-place dropoff")]
    [InlineData("7,A123456789012345678901,2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3", "too-long vehicle 20")]
    [InlineData("7,A\0B,2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3", "control-character vehicle")]
    public async Task Check_OfABadRow_RefusesItWithItsReasonAndTakesTheOthers(string bad, string reason)
    {
        // The rows share a database: each has a source of its own.
        var run = await rig.ImportAsync("trips", "dirty.csv", ImportLineTests.Header + bad + "\n" + ImportLineTests.Good.Replace("7,", "8,", StringComparison.Ordinal), settings => settings with { Source = reason });

        Assert.Equal((ImportState.Completed, 2, 1, 1), (run.State, run.Rows, run.Refused, run.Applied));
        var report = await ImportLineTests.ReportAsync(rig, run.Id);
        Assert.Equal($"{bad.Replace('\0', '\uFFFD')},2,{reason}", report[1].TrimEnd());
        Assert.Equal("8", await rig.ScalarAsync<string>($"select string_agg(document, ',') from imports.taken where source = '{reason}'"));
    }
}
