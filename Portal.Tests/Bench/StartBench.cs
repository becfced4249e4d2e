using System.Diagnostics;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>How long a newcomer waits for the database: the first start makes the cluster, the second finds it.</summary>
internal static class StartBench
{
    public static async Task RunAsync(Measurements measurements)
    {
        var folder = TestServer.NewFolder();
        try
        {
            measurements.Report("start.first_cluster", await StartAsync(folder), "ms");
            measurements.Report("start.second_cluster", await StartAsync(folder), "ms");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> StartAsync(string folder)
    {
        var began = Stopwatch.GetTimestamp();
        await using var server = await TestServer.StartClusterAsync(folder);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
