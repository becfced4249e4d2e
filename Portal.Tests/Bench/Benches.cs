namespace Portal.Bench;

/// <summary>Every bench by the name <c>./bench</c> knows it under.</summary>
internal static class Benches
{
    public static readonly IReadOnlyDictionary<string, Func<Measurements, Task>> All = new SortedDictionary<string, Func<Measurements, Task>>
    {
        ["assign"] = AssignBench.RunAsync,
        ["board"] = BoardBench.RunAsync,
        [ClientsBench.Name] = ClientsBench.RunAsync,
        [DedupeBench.Name] = DedupeBench.RunAsync,
        [LeadsBench.Name] = LeadsBench.RunAsync,
        ["live"] = LiveBench.RunAsync,
        ["map"] = MapBench.RunAsync,
        [OrdersBench.Name] = OrdersBench.RunAsync,
        ["process"] = ProcessBench.RunAsync,
        [SalesBench.Name] = SalesBench.RunAsync,
        ["start"] = StartBench.RunAsync,
        ["telemetry"] = TelemetryBench.RunAsync,
    };
}
