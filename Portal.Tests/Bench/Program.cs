using Portal.Bench;

if (args is [BoardWatcherProcess.Verb, var address])
{
    await BoardWatcherProcess.RunAsync(new Uri(address));
    return 0;
}

// a figure is a line of its own on standard output; whatever else is printed is not one
var figures = Console.Out;
Console.SetOut(Console.Error);

var names = args.Where(arg => arg != "--quick").ToArray();
var unknown = names.Except(Benches.All.Keys).ToArray();
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"Unknown: {string.Join(", ", unknown)}. Known: {string.Join(", ", Benches.All.Keys)}");
    return 64;
}

var measurements = new Measurements(figures, quick: args.Contains("--quick"));
foreach (var (name, run) in Benches.All.Where(bench => names.Length == 0 || names.Contains(bench.Key)))
{
    measurements.Progress($"{name} …");
    await run(measurements);
}
return 0;
