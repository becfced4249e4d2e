using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Portal.Tests.Support.Circuits;

/// <summary>
/// The wire of a circuit, <c>blazorpack</c>: SignalR hub messages in MessagePack, each after its length as a varint.
/// Knows the few MessagePack types the protocol uses.
/// </summary>
internal static class BlazorPack
{
    private const int Invocation = 1;

    /// <summary>The line that chooses the protocol.</summary>
    public static readonly byte[] Handshake = Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e");

    /// <summary>Tells the server that the client lives.</summary>
    public static readonly byte[] Ping = [2, 0x91, 6];

    /// <summary>An invocation, framed. With an <paramref name="id"/> the server answers it.</summary>
    public static byte[] Invoke(string? id, string method, params object?[] arguments)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write<byte>([0x96, Invocation, 0x80]);
        WriteText(body, id);
        WriteText(body, method);
        body.Write<byte>([(byte)(0x90 | arguments.Length)]);
        foreach (var argument in arguments)
            Write(body, argument);
        body.Write<byte>([0x90]);

        var frame = new ArrayBufferWriter<byte>(body.WrittenCount + 5);
        var length = (uint)body.WrittenCount;
        for (; length >= 0x80; length >>= 7) frame.Write<byte>([(byte)(length | 0x80)]);
        frame.Write<byte>([(byte)length]);
        frame.Write(body.WrittenSpan);
        return frame.WrittenMemory.ToArray();
    }

    /// <summary>Takes the next whole message off the front of <paramref name="bytes"/>; null when more bytes are needed.</summary>
    public static object?[]? Take(ref ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        for (var i = 0; i < bytes.Length && i < 5; i++)
        {
            length |= (bytes[i] & 0x7f) << (7 * i);
            if ((bytes[i] & 0x80) != 0) continue;
            if (bytes.Length < i + 1 + length) return null;
            var body = bytes.Slice(i + 1, length);
            bytes = bytes[(i + 1 + length)..];
            return (object?[])Read(ref body)!;
        }
        return null;
    }

    private static void Write(ArrayBufferWriter<byte> to, object? value)
    {
        switch (value)
        {
            case null or string:
                WriteText(to, (string?)value);
                break;
            case bool yes:
                to.Write<byte>([yes ? (byte)0xc3 : (byte)0xc2]);
                break;
            case long or int:
                to.Write<byte>([0xd3]);
                BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(8), Convert.ToInt64(value));
                to.Advance(8);
                break;
            case byte[] raw:
                to.Write<byte>([0xc6]);
                WriteLength(to, raw.Length);
                to.Write<byte>(raw);
                break;
            default:
                throw new ArgumentException($"blazorpack does not carry {value.GetType()}");
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> to, string? text)
    {
        if (text is null)
        {
            to.Write<byte>([0xc0]);
            return;
        }
        var raw = Encoding.UTF8.GetBytes(text);
        to.Write<byte>([0xdb]);
        WriteLength(to, raw.Length);
        to.Write<byte>(raw);
    }

    private static void WriteLength(ArrayBufferWriter<byte> to, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(4), length);
        to.Advance(4);
    }

    private static object? Read(ref ReadOnlySpan<byte> from)
    {
        var type = Byte(ref from);
        return type switch
        {
            < 0x80 => (long)type,
            < 0x90 => Map(ref from, type & 0x0f),
            < 0xa0 => Array(ref from, type & 0x0f),
            < 0xc0 => Text(ref from, type & 0x1f),
            0xc0 => null,
            0xc2 => false,
            0xc3 => true,
            0xc4 => Bytes(ref from, (int)Number(ref from, 1)),
            0xc5 => Bytes(ref from, (int)Number(ref from, 2)),
            0xc6 => Bytes(ref from, (int)Number(ref from, 4)),
            0xcc => Number(ref from, 1),
            0xcd => Number(ref from, 2),
            0xce => Number(ref from, 4),
            0xcf or 0xd3 => Number(ref from, 8),
            0xd0 => (long)(sbyte)Number(ref from, 1),
            0xd1 => (long)(short)Number(ref from, 2),
            0xd2 => (long)(int)Number(ref from, 4),
            0xd9 => Text(ref from, (int)Number(ref from, 1)),
            0xda => Text(ref from, (int)Number(ref from, 2)),
            0xdb => Text(ref from, (int)Number(ref from, 4)),
            0xdc => Array(ref from, (int)Number(ref from, 2)),
            0xde => Map(ref from, (int)Number(ref from, 2)),
            >= 0xe0 => (long)(sbyte)type,
            _ => throw new InvalidDataException($"Unexpected MessagePack type {type:x2}"),
        };
    }

    private static byte Byte(ref ReadOnlySpan<byte> from)
    {
        var first = from[0];
        from = from[1..];
        return first;
    }

    private static long Number(ref ReadOnlySpan<byte> from, int size)
    {
        long value = 0;
        for (var i = 0; i < size; i++) value = (value << 8) | Byte(ref from);
        return value;
    }

    private static byte[] Bytes(ref ReadOnlySpan<byte> from, int length)
    {
        var bytes = from[..length].ToArray();
        from = from[length..];
        return bytes;
    }

    private static string Text(ref ReadOnlySpan<byte> from, int length) => Encoding.UTF8.GetString(Bytes(ref from, length));

    private static object?[] Array(ref ReadOnlySpan<byte> from, int count)
    {
        var items = new object?[count];
        for (var i = 0; i < count; i++) items[i] = Read(ref from);
        return items;
    }

    // The only maps are the headers of a message, which nobody reads here.
    private static object? Map(ref ReadOnlySpan<byte> from, int count)
    {
        for (var i = 0; i < 2 * count; i++) Read(ref from);
        return null;
    }
}
