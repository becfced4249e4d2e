using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>The other end of <see cref="BoardWatchers"/>: opens boards without browsers, as it is told line by line, until its input ends.</summary>
internal static class BoardWatcherProcess
{
    /// <summary>First argument of a process that is nothing else.</summary>
    public const string Verb = "watch-boards";

    public static async Task RunAsync(Uri address)
    {
        var open = new List<HeadlessCircuit>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ', 2);
            switch (words[0])
            {
                case "open":
                    var circuit = await OpenAsync(address, words[1]);
                    open.Add(circuit);
                    Say($"opened {circuit.Renders}");
                    break;
                case "keep":
                    var left = int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
                    foreach (var extra in open.Skip(left)) await extra.DisposeAsync();
                    open.RemoveRange(left, open.Count - left);
                    Say("kept");
                    break;
                case "look":
                    if (open.FirstOrDefault(w => w.Failure is not null) is { } broken) throw new InvalidOperationException(broken.Failure);
                    foreach (var watcher in open) LookFor(watcher, Encoding.UTF8.GetBytes(words[1]));
                    Say("looking");
                    break;
            }
        }
        foreach (var circuit in open) await circuit.DisposeAsync();
    }

    private static void LookFor(HeadlessCircuit watcher, byte[] mark)
    {
        var seen = 0;
        watcher.Rendered = batch =>
        {
            if (batch.AsSpan().IndexOf(mark) >= 0 && Interlocked.Exchange(ref seen, 1) == 0) Say($"seen {Stopwatch.GetTimestamp()}");
        };
    }

    private static async Task<HeadlessCircuit> OpenAsync(Uri address, string cookie)
    {
        var lists = 0;
        var circuit = new HeadlessCircuit();
        circuit.Called = call =>
        {
            if (!call.Function.EndsWith("Virtualize.init", StringComparison.Ordinal)) return;
            // as they lie in a window of 1440 × 900: two lists and, below them, the lanes
            _ = ScrollToTopAsync(circuit, call.Arguments, Interlocked.Increment(ref lists) <= 2 ? 560 : 110);
        };
        await circuit.OpenAsync(address, "/board", cookie);
        await Wait.UntilAsync(() => Volatile.Read(ref lists) >= 3 && circuit.Renders >= 4, "the board's lists");
        return circuit;
    }

    // What a browser's lists say once they are laid out: they are at the top and so many pixels high.
    private static Task ScrollToTopAsync(HeadlessCircuit circuit, string arguments, int height)
    {
        var list = JsonDocument.Parse(arguments).RootElement.EnumerateArray().First(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("__dotNetObject", out _));
        return circuit.CallAsync(list.GetProperty("__dotNetObject").GetInt64(), "OnSpacerBeforeVisible", 0, 0, height);
    }

    // From several circuits at once: the console writes one line at a time.
    private static void Say(string line) => Console.Out.WriteLine(line);
}
