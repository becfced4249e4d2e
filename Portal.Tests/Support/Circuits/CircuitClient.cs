using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Portal.Tests.Support.Circuits;

/// <summary>A call the server made into the page: identifier, arguments as JSON.</summary>
public sealed record ScriptCall(string Identifier, string Arguments);

/// <summary>What the server answered to a call of .NET code from the page.</summary>
public sealed record DotNetAnswer(bool Succeeded, string Result);

/// <summary>
/// A circuit without a browser: it renders nothing, but acknowledges batches and answers script calls as the page would,
/// and can send what no page would. For attacks, and for load.
/// </summary>
public sealed class CircuitClient : IAsyncDisposable
{
    private const int VoidResult = 3;
    private const int ObjectResult = 1;

    private readonly ClientWebSocket socket = new();
    private readonly Channel<byte[]> outgoing = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<object?[]>> waiting = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<DotNetAnswer>> asked = new();
    private readonly ConcurrentQueue<RenderedElement> elements = new();
    private readonly TaskCompletionSource<long> renderer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task work = Task.CompletedTask;
    private Uri? location;
    private long batches;
    private int lastCall;

    private CircuitClient()
    {
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    /// <summary>Secret of the circuit, by which a page finds it again after a cut.</summary>
    public string? Secret { get; private set; }

    /// <summary>Render batches received.</summary>
    public long Batches => Interlocked.Read(ref batches);

    /// <summary>False where a load test does not look at what was rendered.</summary>
    public bool KeepsElements { get; init; } = true;

    /// <summary>Elements of all batches, oldest first.</summary>
    public IReadOnlyCollection<RenderedElement> Elements => elements;

    /// <summary>Everything the server said about errors.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>Ends when the server has closed the connection or the client was disposed.</summary>
    public Task Ended => ended.Task;

    /// <summary>Called for every call into the page, on the reading task: must be quick.</summary>
    public Action<ScriptCall>? Called { get; init; }

    /// <summary>The result of a call into the page as JSON, where the page needs another than null.</summary>
    public Func<ScriptCall, string?>? Answer { get; init; }

    /// <summary>Connects with the cookies of a client; starts nothing yet.</summary>
    /// <param name="origin">The site a browser would say it comes from.</param>
    /// <exception cref="WebSocketException">The server refused.</exception>
    public static async Task<CircuitClient> ConnectAsync(Uri address, CookieContainer? cookies = null, string? origin = null, Action<ScriptCall>? called = null, Func<ScriptCall, string?>? answer = null, bool keepElements = true)
    {
        var client = new CircuitClient { Called = called, Answer = answer, KeepsElements = keepElements };
        try
        {
            if (cookies is not null) client.socket.Options.Cookies = cookies;
            if (origin is not null) client.socket.Options.SetRequestHeader("Origin", origin);
            await client.socket.ConnectAsync(new UriBuilder(new Uri(address, "/_blazor")) { Scheme = "ws" }.Uri, CancellationToken.None);
            await client.socket.SendAsync(BlazorPack.Handshake, WebSocketMessageType.Text, true, CancellationToken.None);
            await client.socket.ReceiveAsync(new byte[256], CancellationToken.None);
            client.work = Task.WhenAll(client.ReadAsync(), client.SendAsync(), client.PingAsync());
            return client;
        }
        catch
        {
            client.socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects, starts a circuit for a page and waits for its first render.</summary>
    public static async Task<CircuitClient> OpenAsync(CircuitPage page, CookieContainer cookies, Action<ScriptCall>? called = null, Func<ScriptCall, string?>? answer = null, bool keepElements = true)
    {
        var client = await ConnectAsync(page.Address, cookies, null, called, answer, keepElements);
        await client.StartAsync(page);
        await Wait.UntilAsync(() => client.Batches > 0 || !client.Errors.IsEmpty || client.Ended.IsCompleted, "the first render");
        return client;
    }

    /// <summary>Starts a circuit for a page; <see cref="Secret"/> stays null when the server refuses.</summary>
    public async Task StartAsync(CircuitPage page)
    {
        location = page.Address;
        Secret = await InvokeAsync("StartCircuit", new Uri(page.Address, "/").ToString(), page.Address.ToString(), "[]", page.State) as string;
        if (Secret is not null) Send("UpdateRootComponents", page.Operations, "");
    }

    /// <summary>Calls a hub method; its result, or null where the server refused or closed the connection.</summary>
    public async Task<object?> InvokeAsync(string method, params object?[] arguments)
    {
        var id = Interlocked.Increment(ref lastCall).ToString(CultureInfo.InvariantCulture);
        var answer = waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        outgoing.Writer.TryWrite(BlazorPack.Invoke(id, method, arguments));
        if (await Task.WhenAny(answer.Task, Ended) != answer.Task) return null;
        // completion: type, headers, id, kind (1 error, 2 nothing, 3 a result), value
        var completion = await answer.Task;
        if (completion.Length < 5) return null;
        if (completion[3] is 1L) Errors.Enqueue((string)completion[4]!);
        return completion[3] is 3L ? completion[4] : null;
    }

    /// <summary>Calls a hub method that gives no answer.</summary>
    public void Send(string method, params object?[] arguments) => outgoing.Writer.TryWrite(BlazorPack.Invoke(null, method, arguments));

    /// <summary>Calls .NET code as a script would: static with an assembly, else on a referenced object.</summary>
    public async Task<DotNetAnswer?> CallDotNetAsync(string? assembly, string method, long objectId, string arguments)
    {
        var id = Interlocked.Increment(ref lastCall).ToString(CultureInfo.InvariantCulture);
        var answer = asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Send("BeginInvokeDotNetFromJS", id, assembly, method, objectId, arguments);
        return await Task.WhenAny(answer.Task, Ended) == answer.Task ? await answer.Task : null;
    }

    /// <summary>Sends an event of an element to its handler, whether or not such a handler exists; null when the circuit ended over it.</summary>
    public async Task<DotNetAnswer?> RaiseAsync(long handler, string name, string arguments = "{}")
    {
        var events = await renderer.Task;
        return await CallDotNetAsync(null, "DispatchEventAsync", events, $$"""[{"eventHandlerId":{{handler}},"eventName":"{{name}}","eventFieldInfo":null},{{arguments}}]""");
    }

    /// <summary>The newest element that fits; waits for it.</summary>
    public async Task<RenderedElement> ElementAsync(Func<RenderedElement, bool> fits)
    {
        RenderedElement? found = null;
        await Wait.UntilAsync(() => (found = elements.LastOrDefault(fits)) is not null || Ended.IsCompleted, "an element of the page");
        return found ?? throw new InvalidOperationException($"The circuit ended: {string.Join("; ", Errors)}");
    }

    /// <summary>Cuts the connection as a lost network does; the server keeps the circuit for a while.</summary>
    public void Cut() => socket.Abort();

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        outgoing.Writer.TryComplete();
        socket.Abort();
        await work;
        socket.Dispose();
        closing.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var frame in outgoing.Reader.ReadAllAsync(closing.Token))
                await socket.SendAsync(frame, WebSocketMessageType.Binary, true, closing.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // the connection is gone; the reader says so
        }
    }

    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        try
        {
            while (await timer.WaitForNextTickAsync(closing.Token)) outgoing.Writer.TryWrite(BlazorPack.Ping);
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        var held = 0;
        try
        {
            while (true)
            {
                if (held == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                var received = await socket.ReceiveAsync(buffer.AsMemory(held), closing.Token);
                if (received.MessageType == WebSocketMessageType.Close) break;
                held += received.Count;
                held = Consume(buffer, held);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the connection is gone
        }
        ended.TrySetResult();
        await closing.CancelAsync();
    }

    private int Consume(byte[] buffer, int held)
    {
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, held);
        while (BlazorPack.Take(ref rest) is { } message) Receive(message);
        rest.CopyTo(buffer);
        return rest.Length;
    }

    private void Receive(object?[] message)
    {
        switch (message[0])
        {
            case 1L: React((string)message[3]!, (object?[])message[4]!); break;
            case 3L when waiting.TryRemove((string)message[2]!, out var answer): answer.TrySetResult(message); break;
            case 7L when message.Length > 1 && message[1] is string reason: Errors.Enqueue(reason); break;
        }
    }

    private void React(string method, object?[] arguments)
    {
        switch (method)
        {
            case "JS.RenderBatch":
                if (KeepsElements)
                    foreach (var element in RenderedElement.In((byte[])arguments[1]!)) elements.Enqueue(element);
                Interlocked.Increment(ref batches);
                Send("OnRenderCompleted", arguments[0], null);
                break;
            case "JS.BeginInvokeJS":
                Serve(Convert.ToInt64(arguments[0]), new((string)arguments[1]!, arguments[2] as string ?? "[]"), Convert.ToInt32(arguments[3]));
                break;
            case "JS.EndInvokeDotNet":
                if (asked.TryRemove((string)arguments[0]!, out var answer)) answer.TrySetResult(new((bool)arguments[1]!, arguments[2] as string ?? ""));
                break;
            case "JS.Error":
                Errors.Enqueue((string)arguments[0]!);
                break;
        }
    }

    private void Serve(long handle, ScriptCall call, int resultKind)
    {
        // The page learns here by which object it reports events.
        if (call.Identifier == "Blazor._internal.attachWebRendererInterop") renderer.TrySetResult(FindReference(JsonNode.Parse(call.Arguments)!));
        Called?.Invoke(call);
        if (call.Identifier == "Blazor._internal.navigationManager.navigateTo") Navigate(JsonNode.Parse(call.Arguments)!.AsArray());
        if (handle == 0) return;
        var result = Answer?.Invoke(call) ?? (resultKind == ObjectResult ? $$"""{"__jsObjectId":{{handle}}}""" : "null");
        Send("EndInvokeJSFromDotNet", handle, true, resultKind == VoidResult ? $"[{handle},true,null]" : $"[{handle},true,{result}]");
    }

    // Within the application a page goes there and says so; a load of its own would be another circuit.
    private void Navigate(JsonArray to)
    {
        if (to[1]?["forceLoad"]?.GetValue<bool>() == true) return;
        location = new Uri(location!, to[0]!.GetValue<string>());
        Send("OnLocationChanged", location.ToString(), null, false);
    }

    private static long FindReference(JsonNode arguments) =>
        arguments.AsArray().OfType<JsonObject>().Select(o => o["__dotNetObject"]).OfType<JsonNode>().First().GetValue<long>();
}
