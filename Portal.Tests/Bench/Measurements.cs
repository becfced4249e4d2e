using System.Diagnostics;
using System.Globalization;

namespace Portal.Bench;

/// <summary>Where a bench puts its figures: one tab-separated line each.</summary>
/// <param name="output">Standard output.</param>
/// <param name="arguments">What was asked for.</param>
internal sealed class Measurements(TextWriter output, BenchArguments arguments)
{
    /// <summary>What was asked for.</summary>
    public BenchArguments Arguments => arguments;

    /// <summary>Whether small input is asked for; its figures are not comparable.</summary>
    public bool Quick => arguments.Quick;

    /// <summary>Writes <c>name value unit limit ratio</c>.</summary>
    /// <param name="limit">What the bare means reach for the same work in the same run, in the same unit.</param>
    public void Report(string name, double value, string unit, double? limit = null) =>
        output.WriteLine(string.Join('\t', name, Text(value), unit, limit is { } bare ? Text(bare) : "-", limit is { } raw ? Text(value / raw) : "-"));

    /// <summary>Tells whoever watches how far it is, on standard error.</summary>
    public void Progress(string text) => Console.Error.WriteLine(text);

    /// <summary>Asks the same questions twice, one after another, and reports the 95th percentile of the second time.</summary>
    /// <param name="kinds">what the questions are, in turn</param>
    public async Task AskAsync<T>(string name, IReadOnlyList<T> questions, string[] kinds, Func<T, Task> ask)
    {
        var times = new List<double>();
        var slowest = (Milliseconds: 0.0, Question: default(T));
        for (var round = 0; round < 2; round++)
            foreach (var question in questions)
            {
                var began = Stopwatch.GetTimestamp();
                await ask(question);
                var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                // the first round warms the caches of both, as a day's work does
                if (round == 0) continue;
                times.Add(took);
                if (took > slowest.Milliseconds) slowest = (took, question);
            }
        Progress($"  {name}: median {Percentile.Of(times, 0.5):0.0} ms, worst {slowest.Milliseconds:0} ms: {slowest.Question}");
        Progress("    " + string.Join(", ", kinds.Select((kind, at) => $"{kind} {Percentile.Of([.. times.Where((_, i) => i % kinds.Length == at)], 0.95):0}")));
        Report(name, Percentile.Of(times, 0.95), "ms");
    }

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture);
}
