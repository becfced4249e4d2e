using System.Buffers.Binary;
using System.Text;

namespace Portal.Tests.Support.Circuits;

/// <summary>
/// An element a render batch brought: its attributes, and the ids of the handlers that wait for its events (<c>onclick</c> …).
/// An attribute that was set on an element of an earlier batch comes alone, under an empty name.
/// </summary>
public sealed record RenderedElement(string Name, IReadOnlyDictionary<string, string?> Attributes, IReadOnlyDictionary<string, long> Handlers)
{
    private const int FrameSize = 20;
    private const int ElementFrame = 1;
    private const int AttributeFrame = 3;

    /// <summary>
    /// The elements among the frames of a batch. A batch ends with five offsets: edits, frames, disposed components,
    /// disposed handlers, strings; a frame is its type and 16 bytes.
    /// </summary>
    internal static IEnumerable<RenderedElement> In(byte[] batch)
    {
        var frames = Int(batch, batch.Length - 16);
        var count = Int(batch, frames);
        for (var i = 0; i < count; i++)
        {
            var at = frames + 4 + (i * FrameSize);
            var alone = Int(batch, at) == AttributeFrame;
            if (!alone && Int(batch, at) != ElementFrame) continue;
            var attributes = new Dictionary<string, string?>();
            var handlers = new Dictionary<string, long>();
            if (alone) i--;
            for (var next = alone ? at : at + FrameSize; ++i < count && Int(batch, next) == AttributeFrame; next += FrameSize)
            {
                var name = Text(batch, Int(batch, next + 4)) ?? "";
                if (BinaryPrimitives.ReadInt64LittleEndian(batch.AsSpan(next + 12)) is var handler and not 0) handlers[name] = handler;
                else attributes[name] = Text(batch, Int(batch, next + 8));
            }
            i--;
            yield return new(alone ? "" : Text(batch, Int(batch, at + 8)) ?? "", attributes, handlers);
        }
    }

    private static int Int(byte[] batch, int at) => BinaryPrimitives.ReadInt32LittleEndian(batch.AsSpan(at));

    private static string? Text(byte[] batch, int index)
    {
        if (index < 0) return null;
        var at = Int(batch, Int(batch, batch.Length - 4) + (4 * index));
        int length = 0, shift = 0;
        while (true)
        {
            var part = batch[at++];
            length |= (part & 0x7f) << shift;
            if ((part & 0x80) == 0) return Encoding.UTF8.GetString(batch, at, length);
            shift += 7;
        }
    }
}
