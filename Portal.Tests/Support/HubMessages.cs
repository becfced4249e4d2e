using System.Buffers.Binary;
using System.Text;

namespace Portal.Tests.Support;

/// <summary>
/// The part of MessagePack that the <c>blazorpack</c> hub protocol uses: invocations out, any message in.
/// Each message is preceded by its length as a variable-length integer.
/// </summary>
internal static class HubMessages
{
    /// <summary>Type of an invocation.</summary>
    public const long Invocation = 1;

    /// <summary>Type of the answer to an invocation.</summary>
    public const long Completion = 3;

    /// <summary>The client's sign of life.</summary>
    public static readonly byte[] Ping = [2, 0x91, 6];

    /// <summary>An invocation with its length before it; <paramref name="id"/> null expects no answer.</summary>
    public static byte[] Invoke(string? id, string target, params object?[] arguments)
    {
        var body = new MemoryStream();
        body.Write([0x96, (byte)Invocation, 0x80]);
        WriteText(body, id);
        WriteText(body, target);
        body.WriteByte((byte)(0x90 | arguments.Length));
        foreach (var argument in arguments) WriteValue(body, argument);
        body.WriteByte(0x90);

        var message = new MemoryStream();
        var length = (uint)body.Length;
        for (; length >= 0x80; length >>= 7) message.WriteByte((byte)(length | 0x80));
        message.WriteByte((byte)length);
        body.WriteTo(message);
        return message.ToArray();
    }

    /// <summary>Reads one message when the buffer holds all of it; tells how many bytes it took.</summary>
    public static bool TryRead(ReadOnlySpan<byte> buffer, out object?[] message, out int taken)
    {
        (message, taken) = ([], 0);
        var (length, at, shift) = (0u, 0, 0);
        while (true)
        {
            if (at == buffer.Length) return false;
            var next = buffer[at++];
            length |= (uint)(next & 0x7F) << shift;
            if ((next & 0x80) == 0) break;
            shift += 7;
        }
        if (buffer.Length - at < length) return false;
        var body = buffer.Slice(at, (int)length);
        message = (object?[])ReadValue(ref body)!;
        taken = at + (int)length;
        return true;
    }

    private static void WriteValue(Stream to, object? value)
    {
        switch (value)
        {
            case long number:
                to.WriteByte(0xD3);
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteInt64BigEndian(bytes, number);
                to.Write(bytes);
                break;
            case bool truth:
                to.WriteByte(truth ? (byte)0xC3 : (byte)0xC2);
                break;
            default:
                WriteText(to, (string?)value);
                break;
        }
    }

    private static void WriteText(Stream to, string? text)
    {
        if (text is null)
        {
            to.WriteByte(0xC0);
            return;
        }
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        to.WriteByte(0xDB);
        to.Write(length);
        to.Write(bytes);
    }

    private static object? ReadValue(ref ReadOnlySpan<byte> from)
    {
        var lead = (byte)Number(ref from, 1);
        return lead switch
        {
            < 0x80 => (long)lead,
            < 0x90 => Map(ref from, lead & 0x0F),
            < 0xA0 => List(ref from, lead & 0x0F),
            < 0xC0 => Text(ref from, lead & 0x1F),
            0xC0 => null,
            0xC2 => false,
            0xC3 => true,
            0xC4 => Bytes(ref from, (int)Number(ref from, 1)),
            0xC5 => Bytes(ref from, (int)Number(ref from, 2)),
            0xC6 => Bytes(ref from, (int)Number(ref from, 4)),
            0xCC => Number(ref from, 1),
            0xCD => Number(ref from, 2),
            0xCE => Number(ref from, 4),
            0xCF => Number(ref from, 8),
            0xD0 => (long)(sbyte)Number(ref from, 1),
            0xD1 => (long)(short)Number(ref from, 2),
            0xD2 => (long)(int)Number(ref from, 4),
            0xD3 => Number(ref from, 8),
            0xD9 => Text(ref from, (int)Number(ref from, 1)),
            0xDA => Text(ref from, (int)Number(ref from, 2)),
            0xDB => Text(ref from, (int)Number(ref from, 4)),
            0xDC => List(ref from, (int)Number(ref from, 2)),
            0xDE => Map(ref from, (int)Number(ref from, 2)),
            >= 0xE0 => (long)(sbyte)lead,
            _ => throw new InvalidDataException($"MessagePack 0x{lead:X2} is not expected here."),
        };
    }

    private static long Number(ref ReadOnlySpan<byte> from, int bytes)
    {
        long value = 0;
        foreach (var next in from[..bytes]) value = value << 8 | next;
        from = from[bytes..];
        return value;
    }

    private static string Text(ref ReadOnlySpan<byte> from, int length) => Encoding.UTF8.GetString(Bytes(ref from, length));

    private static byte[] Bytes(ref ReadOnlySpan<byte> from, int length)
    {
        var bytes = from[..length].ToArray();
        from = from[length..];
        return bytes;
    }

    private static object?[] List(ref ReadOnlySpan<byte> from, int count)
    {
        var list = new object?[count];
        for (var i = 0; i < count; i++) list[i] = ReadValue(ref from);
        return list;
    }

    private static object? Map(ref ReadOnlySpan<byte> from, int count)
    {
        for (var i = 0; i < 2 * count; i++) ReadValue(ref from);
        return null;
    }
}
