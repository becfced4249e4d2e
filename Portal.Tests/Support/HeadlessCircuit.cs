using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Portal.Tests.Support;

/// <summary>What the server asked of the browser: the function's name, its arguments as JSON, and the bytes sent beside them.</summary>
public sealed record ScriptCall(string Function, string Arguments, IReadOnlyList<byte[]> Bytes);

/// <summary>
/// A signed-in circuit without a browser: it acknowledges every render and answers every call into JavaScript, at the cost of a socket.
/// Calls that ask for a JavaScript object get one; all others get nothing back.
/// </summary>
public sealed partial class HeadlessCircuit : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource rendered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte[]> bytes = [];
    private Task reading = Task.CompletedTask;
    private Task living = Task.CompletedTask;
    private long objects;
    private long calls;

    /// <summary>Called for everything the server asks of the browser, before it is answered.</summary>
    public Action<ScriptCall>? Called { get; set; }

    /// <summary>Render batches so far.</summary>
    public int Renders { get; private set; }

    /// <summary>Called with each render batch, before it is acknowledged.</summary>
    public Action<byte[]>? Rendered { get; set; }

    /// <summary>The server's error, if it ended the circuit.</summary>
    public string? Failure { get; private set; }

    /// <summary>Opens a page and waits for its first render.</summary>
    /// <param name="cookie">The <c>Cookie</c> header of somebody signed in.</param>
    public async Task OpenAsync(Uri address, string path, string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        var page = await http.GetStringAsync(path);
        var markers = MarkerPattern().Matches(page).Select(m => m.Groups[1].Value).Where(m => m.Contains("\"type\":\"server\"", StringComparison.Ordinal) && m.Contains("descriptor", StringComparison.Ordinal)).ToList();
        if (markers.Count == 0) throw new InvalidOperationException($"{path} has no interactive components.");

        socket.Options.SetRequestHeader("Cookie", cookie);
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/_blazor" }.Uri, closing.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, closing.Token);
        await socket.ReceiveAsync(new byte[256], closing.Token);
        reading = ReadAsync();
        living = LiveAsync();

        await SendAsync(HubMessages.Invoke("0", "StartCircuit", address.ToString(), new Uri(address, path).ToString(), "[]", StatePattern().Match(page).Groups[1].Value));
        await started.Task;
        var roots = markers.Select((marker, i) => $$"""{"type":"add","ssrComponentId":{{i + 1}},"marker":{{marker}}}""");
        await SendAsync(HubMessages.Invoke(null, "UpdateRootComponents", $$"""{"batchId":1,"operations":[{{string.Join(',', roots)}}]}""", ""));
        await rendered.Task;
    }

    /// <summary>Calls a method of an object that the server handed to the browser.</summary>
    /// <param name="target">Id of the object, as in <c>{"__dotNetObject":7}</c>.</param>
    public Task CallAsync(long target, string method, params object[] arguments) => SendAsync(HubMessages.Invoke(
        null, "BeginInvokeDotNetFromJS", Interlocked.Increment(ref calls).ToString(System.Globalization.CultureInfo.InvariantCulture), null, method, target, JsonSerializer.Serialize(arguments)));

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await reading;
        await living;
        socket.Dispose();
        sending.Dispose();
        closing.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[32_768];
        var filled = 0;
        try
        {
            while (true)
            {
                if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled), closing.Token);
                if (received.MessageType == WebSocketMessageType.Close) throw new WebSocketException("The server closed the circuit.");
                filled += received.Count;
                var done = 0;
                for (; HubMessages.TryRead(buffer.AsSpan(done, filled - done), out var message, out var taken); done += taken) await TakeAsync(message);
                Buffer.BlockCopy(buffer, done, buffer, 0, filled -= done);
                // a large first render must not stay with a client whose memory is counted
                if (filled == 0 && buffer.Length > 32_768) buffer = new byte[32_768];
            }
        }
        catch (Exception ended) when (closing.IsCancellationRequested || ended is WebSocketException)
        {
            Failure ??= closing.IsCancellationRequested ? null : ended.Message;
            started.TrySetException(ended);
            rendered.TrySetException(ended);
        }
    }

    private async Task TakeAsync(object?[] message)
    {
        if (message[0] is HubMessages.Completion) started.TrySetResult();
        if (message[0] is not HubMessages.Invocation) return;
        var arguments = (object?[])message[4]!;
        switch ((string)message[3]!)
        {
            case "JS.RenderBatch":
                Renders++;
                Rendered?.Invoke((byte[])arguments[1]!);
                await SendAsync(HubMessages.Invoke(null, "OnRenderCompleted", Convert.ToInt64(arguments[0]), null));
                rendered.TrySetResult();
                break;
            case "JS.ReceiveByteArray":
                bytes.Add((byte[])arguments[1]!);
                break;
            case "JS.BeginInvokeJS":
                await AnswerAsync(Convert.ToInt64(arguments[0]), (string)arguments[1]!, (string?)arguments[2] ?? "[]", wantsObject: Convert.ToInt64(arguments[3]) == 1);
                break;
            case "JS.Error":
                Failure = (string?)arguments[0];
                rendered.TrySetException(new InvalidOperationException(Failure));
                break;
        }
    }

    private async Task AnswerAsync(long task, string function, string arguments, bool wantsObject)
    {
        Called?.Invoke(new ScriptCall(function, arguments, [.. bytes]));
        bytes.Clear();
        // Calls without a task expect no answer.
        if (task == 0) return;
        var result = wantsObject ? $$"""{"__jsObjectId":{{++objects}}}""" : "null";
        await SendAsync(HubMessages.Invoke(null, "EndInvokeJSFromDotNet", task, true, $"[{task},true,{result}]"));
    }

    private async Task LiveAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(15));
        try
        {
            while (await timer.WaitForNextTickAsync(closing.Token)) await SendAsync(HubMessages.Ping);
        }
        catch (Exception ended) when (closing.IsCancellationRequested || ended is WebSocketException)
        {
            // The reader has noted why.
        }
    }

    private async Task SendAsync(byte[] message)
    {
        await sending.WaitAsync(closing.Token);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, true, closing.Token);
        }
        finally
        {
            sending.Release();
        }
    }

    [GeneratedRegex("<!--Blazor:({.*?})-->")]
    private static partial Regex MarkerPattern();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex StatePattern();
}
