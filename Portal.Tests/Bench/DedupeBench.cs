using Portal.Tests.Clients.Intake;
using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>
/// How well and how fast the import of clients finds duplicates in files of people of whom <c>rec_id</c> tells who is who: precision and recall on pairs before
/// transitive closure, and rows per second from the upload of the file to the preview that names the pairs.
/// </summary>
internal static class DedupeBench
{
    /// <summary>As <c>./bench</c> knows it.</summary>
    public const string Name = "dedupe";

    private const int Runs = 5;
    private static readonly string[] Identifiers = ["soc_sec_id", "date_of_birth"];

    public static async Task RunAsync(Measurements measurements)
    {
        var ignored = measurements.Arguments.Values("--ignore");
        foreach (var file in measurements.Arguments.Files) await MeasureAsync(measurements, file, ignored, "");
        if (measurements.Arguments.Files.Count > 0) return;

        foreach (var shared in new[] { "febrl_dataset1", "febrl_dataset3" })
        {
            if (SharedData.Folder is null || !File.Exists(SharedData.File($"dedupe/{shared}.csv")))
            {
                measurements.Progress($"{Name} leaves out {shared}: no shared data here");
                continue;
            }
            await MeasureAsync(measurements, SharedData.File($"dedupe/{shared}.csv"), ignored, $".{shared}");
            if (ignored.Length == 0) await MeasureAsync(measurements, SharedData.File($"dedupe/{shared}.csv"), Identifiers, $".{shared}.ignored");
        }
    }

    private static async Task MeasureAsync(Measurements measurements, string path, string[] ignored, string suffix)
    {
        var rig = new ImportRig();
        await rig.InitializeAsync();
        try
        {
            var checks = new List<FebrlCheck>();
            do checks.Add(await FebrlImport.CheckAsync(rig, path, ignored));
            while (checks.Count < (measurements.Quick ? 1 : Runs));
            var check = checks.OrderBy(c => c.Took).ElementAt(checks.Count / 2);
            if (check.Unknown.Length > 0) measurements.Progress($"{path}: not compared: {string.Join(", ", check.Unknown)}");
            if (check.Absent.Length > 0) measurements.Progress($"{path}: no such column to ignore: {string.Join(", ", check.Absent)}");
            foreach (var (note, rows) in check.Run.Notes) measurements.Progress($"{path}: {note}: {rows}");
            measurements.Progress($"{path}: {check.Quality}");
            measurements.Report($"{Name}.precision{suffix}", check.Quality.Precision, "share");
            measurements.Report($"{Name}.recall{suffix}", check.Quality.Recall, "share");
            measurements.Report($"{Name}.rows_per_s{suffix}", check.Run.Rows / check.Took.TotalSeconds, "rows/s");
        }
        finally
        {
            await rig.DisposeAsync();
        }
    }
}
