using Portal.Bench;
using Portal.Domain.Shared;
using Portal.Tests.Support;

TestServer.OnDisk = true;

if (args is [BoardWatcherProcess.Verb, var address])
{
    await BoardWatcherProcess.RunAsync(new Uri(address));
    return 0;
}

// a figure is a line of its own on standard output; whatever else is printed is not one
var figures = Console.Out;
Console.SetOut(Console.Error);

BenchArguments arguments;
try
{
    arguments = new BenchArguments(args);
}
catch (FormatException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 64;
}

var measurements = new Measurements(figures, arguments);
foreach (var (name, run) in Benches.All.Where(bench => arguments.Names.Count == 0 || arguments.Names.Contains(bench.Key)))
{
    measurements.Progress($"{name} …");
    try
    {
        await run(measurements);
    }
    catch (Exception unreadable) when (arguments.Files.Count > 0 && unreadable is (IOException or UnauthorizedAccessException or InvalidDataException or RuleBrokenException))
    {
        Console.Error.WriteLine(unreadable.Message);
        return 66;
    }
}
return 0;
