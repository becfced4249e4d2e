using System.Diagnostics;
using Portal.Domain.Dispatch;

namespace Portal.Bench;

/// <summary>How long the exact assignment of 1,000 trips to 1,000 vehicles takes, matrix given; the middle of several runs.</summary>
internal static class AssignBench
{
    public static Task RunAsync(Measurements measurements)
    {
        var size = measurements.Quick ? 200 : 1000;
        var random = new Random(1);
        var matrix = new double[size * size];
        for (var i = 0; i < matrix.Length; i++) matrix[i] = 60 * random.NextDouble();
        measurements.Report($"assign.{size}", Median(() => OptimalAssignment.Solve(matrix, size, size)), "ms");
        return Task.CompletedTask;
    }

    private static double Median(Action work)
    {
        var times = new List<double>();
        for (var run = 0; run < 9; run++)
        {
            var began = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }
}
