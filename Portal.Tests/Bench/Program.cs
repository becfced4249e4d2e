using Portal.Bench;

var names = args.Where(arg => arg != "--quick").ToArray();
var unknown = names.Except(Benches.All.Keys).ToArray();
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"Unknown: {string.Join(", ", unknown)}. Known: {string.Join(", ", Benches.All.Keys)}");
    return 64;
}

var measurements = new Measurements(quick: args.Contains("--quick"));
foreach (var (name, run) in Benches.All.Where(bench => names.Length == 0 || names.Contains(bench.Key)))
{
    measurements.Progress($"{name} …");
    await run(measurements);
}
return 0;
