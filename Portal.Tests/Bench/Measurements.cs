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

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture);
}
