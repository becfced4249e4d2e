using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Portal.Bench;

/// <summary>
/// Boards opened by <see cref="BoardWatcherProcess"/>, a process of its own, so that what they cost is not counted as the server's.
/// Both talk in lines; a moment is a <see cref="Stopwatch"/> timestamp, which all processes of a machine share.
/// </summary>
internal sealed class BoardWatchers : IAsyncDisposable
{
    private readonly Process process;
    private readonly Channel<string> answers = Channel.CreateUnbounded<string>();
    private readonly Task reading;

    private BoardWatchers(Process process)
    {
        this.process = process;
        reading = ReadAsync();
    }

    /// <summary>Boards that are open.</summary>
    public int Count { get; private set; }

    /// <summary>Starts the process; its boards are those of the application at <paramref name="address"/>.</summary>
    public static BoardWatchers Start(Uri address) => new(Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(BoardWatchers).Assembly.Location, BoardWatcherProcess.Verb, address.ToString()])
    {
        RedirectStandardInput = true, RedirectStandardOutput = true,
    })!);

    /// <summary>Opens one more board and waits until its lists are drawn; the render batches it has got by then.</summary>
    public async Task<int> OpenAsync(string cookie)
    {
        await SayAsync($"open {cookie}");
        Count++;
        return int.Parse((await AnswerAsync("opened"))[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Closes the newest boards until so many are left.</summary>
    public async Task KeepAsync(int count)
    {
        await SayAsync($"keep {count}");
        await AnswerAsync("kept");
        Count = count;
    }

    /// <summary>From now on every board looks for the text in what it is sent.</summary>
    public async Task LookForAsync(string text)
    {
        await SayAsync($"look {text}");
        await AnswerAsync("looking");
    }

    /// <summary>When each board was sent the text.</summary>
    public async Task<long[]> SeenAsync()
    {
        var seen = new long[Count];
        for (var i = 0; i < seen.Length; i++) seen[i] = long.Parse((await AnswerAsync("seen"))[0], CultureInfo.InvariantCulture);
        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
    }

    private async Task SayAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    private async Task<string[]> AnswerAsync(string word)
    {
        var words = (await answers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60))).Split(' ', 2);
        return words[0] == word ? words[1..] : throw new InvalidOperationException($"The watchers answered: {string.Join(' ', words)}");
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line) answers.Writer.TryWrite(line);
        answers.Writer.TryComplete(new InvalidOperationException("The watchers' process is gone."));
    }
}
