using System.Diagnostics;
using Portal.Tests.Clients.Matching;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>
/// How well and how fast duplicates are found in files of people of whom <c>rec_id</c> tells who is who: precision and recall on pairs before transitive
/// closure, and rows per second from what was read to the pairs found.
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
        var file = await FebrlFile.ReadAsync(path, ignored);
        if (file.UnknownColumns.Count > 0) measurements.Progress($"{path}: not compared: {string.Join(", ", file.UnknownColumns)}");
        if (file.AbsentColumns.Count > 0) measurements.Progress($"{path}: no such column to ignore: {string.Join(", ", file.AbsentColumns)}");
        if (file.ImpossibleDates > 0) measurements.Progress($"{path}: {file.ImpossibleDates} birth dates that no calendar has count as missing");

        var times = new List<TimeSpan>();
        MatchQuality quality;
        do
        {
            var began = Stopwatch.GetTimestamp();
            quality = MatchQuality.Of(file.People, file.Entities);
            times.Add(Stopwatch.GetElapsedTime(began));
        }
        while (times.Count < (measurements.Quick ? 1 : Runs));
        times.Sort();

        measurements.Progress($"{path}: {quality}");
        measurements.Report($"{Name}.precision{suffix}", quality.Precision, "share");
        measurements.Report($"{Name}.recall{suffix}", quality.Recall, "share");
        measurements.Report($"{Name}.rows_per_s{suffix}", file.People.Count / times[times.Count / 2].TotalSeconds, "rows/s");
    }
}
