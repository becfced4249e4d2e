using System.Security.Cryptography;
using System.Text;

namespace Portal.Infrastructure.Processes;

/// <summary>Ids made of a key: whoever does the same again makes the same, and the table's key refuses the second.</summary>
internal static class KeyedId
{
    /// <summary>SHA-256 of the key, marked as version 8 (RFC 9562, custom).</summary>
    public static Guid Of(string key)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
