using System.Text;
using Portal.Domain.Shared;
using Portal.Infrastructure.Imports;

namespace Portal.Tests.Imports;

/// <summary>GPX files as receivers leave them: cut off, with points that are none, or given for something else.</summary>
public sealed class GpxImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    [Fact]
    public async Task Upload_OfAGpxFileAsTrips_IsRefusedBeforeItsColumnsAreAskedFor()
    {
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() =>
            rig.Line.UploadAsync("trips", "tour.gpx", new MemoryStream("<gpx/>"u8.ToArray()), ImportRig.Importer, default));

        Assert.Equal(("import.other-kind", "tracks"), (refusal.Code, refusal.Args[1]));
    }

    [Fact]
    public async Task Import_OfAFileThatBreaksOff_TakesItsWholePointsAndSaysWhereItEnds()
    {
        var run = await rig.ImportAsync("tracks", "cut.gpx", Points("CUT") + "<trkpt lat=\"46.3\" lon=");

        Assert.Equal((3, 1, 2), (run.Rows, run.Refused, run.Applied));
        Assert.Equal([("breaks-off", "3", 1)], (await PreviewAsync(run)).Reasons);
        Assert.Equal(2, await rig.CountAsync("fleet.position p join fleet.vehicle v on v.id = p.vehicle where v.plate = 'CUT'"));
    }

    [Fact]
    public async Task Check_OfPointsWithoutOrWithABrokenLatitude_NamesTheField()
    {
        var points = Points("BENT").Replace("lat=\"46.1\"", "", StringComparison.Ordinal).Replace("lat=\"46.2\"", "lat=\"46,2x\"", StringComparison.Ordinal);

        var run = await rig.CheckAsync("tracks", "bent.gpx", Encoding.UTF8.GetBytes($"{points}</trkseg></trk></gpx>"));

        Assert.Equal([("missing", "latitude", 1), ("not-a-number", "latitude", 1)], (await PreviewAsync(run)).Reasons);
    }

    private Task<ImportPreview> PreviewAsync(ImportRun run) => rig.Query.PreviewAsync(run.Id, ImportRig.Importer, default);

    private static string Points(string track) => $"""
        <gpx><trk><name>{track}</name><trkseg><trkpt lat="46.1" lon="30.2"><time>2024-05-01T10:00:00Z</time></trkpt>
        <trkpt lat="46.2" lon="30.3"><time>2024-05-01T10:10:00Z</time></trkpt>

        """;
}
