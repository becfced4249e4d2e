namespace Portal.Bench;

/// <summary>What stands behind <c>./bench</c>: names of benches, <c>--quick</c>, files, and options with a value.</summary>
internal sealed class BenchArguments
{
    private static readonly string[] Valued = ["--ignore", "--rows"];
    private readonly Dictionary<string, string> options = [];

    /// <summary>Takes the arguments apart.</summary>
    /// <exception cref="FormatException">An option that does not exist, or one without its value.</exception>
    public BenchArguments(IReadOnlyList<string> args)
    {
        for (var at = 0; at < args.Count; at++)
        {
            if (args[at] == "--quick") Quick = true;
            else if (Valued.Contains(args[at])) options[args[at]] = at + 1 < args.Count ? args[++at] : throw new FormatException($"{args[at]} needs a value");
            else if (args[at].StartsWith('-')) throw new FormatException($"Unknown: {args[at]}");
            else if (Benches.All.ContainsKey(args[at])) Names.Add(args[at]);
            else Files.Add(args[at]);
        }
        if (Files.Count > 0 && !Names.SequenceEqual([DedupeBench.Name])) throw new FormatException($"Unknown: {string.Join(", ", Files)}. Known: {string.Join(", ", Benches.All.Keys)}");
    }

    /// <summary>Benches to run; none means all.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Smaller input, to see that a bench works at all.</summary>
    public bool Quick { get; }

    /// <summary>Files to measure on.</summary>
    public List<string> Files { get; } = [];

    /// <summary>The comma-separated values of an option; empty without it.</summary>
    public string[] Values(string option) => options.TryGetValue(option, out var values) ? values.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
}
