using System.Text.Encodings.Web;
using System.Text.Json;

namespace Portal.Infrastructure.Database;

/// <summary>Tells the other nodes what was committed on this one, one JSON object a line, or <c>resync</c> for "read everything again".</summary>
internal sealed class ChangeTalk(LiveChanges live) : INodeTalk
{
    private const string Everything = "resync";

    // Names in any script cost their own bytes, not six for each letter.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly LiveChanges.Watcher committed = live.WatchThisNode();
    private int repeat;

    public string Topic => "changes";

    public IEnumerable<string> Say()
    {
        var all = Interlocked.Exchange(ref repeat, 0) == 1 | committed.TakeMissed();
        var changes = new List<LiveChange>();
        while (committed.Queue.Reader.TryRead(out var change)) changes.Add(change);
        return all ? [Everything] : NodeBodies.Pack(changes.Select(change => JsonSerializer.Serialize(change, Plain)));
    }

    public void Hear(string body)
    {
        if (body == Everything) live.Resync();
        else foreach (var line in NodeBodies.Unpack(body)) live.Hear(JsonSerializer.Deserialize<LiveChange>(line)!);
    }

    public void Repeat() => Volatile.Write(ref repeat, 1);
}
