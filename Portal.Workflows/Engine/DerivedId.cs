using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Portal.Workflows.Engine;

/// <summary>Ids made from the instance's id and a number: no randomness, so a replay gives the same.</summary>
public static class DerivedId
{
    /// <summary>
    /// The id of an instance's thing. The leading 48 bits (the time of a version 7 id) are kept, so that rows of one
    /// instance lie near each other in an index; the rest is SHA-256. Marked as version 8 (RFC 9562, custom).
    /// </summary>
    public static Guid Of(Guid instance, int number)
    {
        Span<byte> source = stackalloc byte[20];
        instance.TryWriteBytes(source, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(source[16..], number);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(source, hash);
        source[..6].CopyTo(hash);
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
