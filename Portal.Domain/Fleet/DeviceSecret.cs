using System.Security.Cryptography;
using System.Text;

namespace Portal.Domain.Fleet;

/// <summary>
/// The secret by which a device proves itself: 128 random bits as 22 characters that fit a path.
/// Being random it needs no slow hash: nobody guesses it, stolen hash or not.
/// </summary>
public static class DeviceSecret
{
    /// <summary>Length of a hash in bytes (SHA-256).</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const int LongestText = 128;

    // Compared against when there is nothing to compare with, so that the answer takes the same time.
    private static readonly byte[] NoHash = new byte[HashBytes];

    /// <summary>A new secret.</summary>
    public static string New() =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>The hash that is stored.</summary>
    public static byte[] Hash(string secret)
    {
        var hash = new byte[HashBytes];
        Hash(secret, hash);
        return hash;
    }

    /// <summary>True when the secret has the hash; takes the same time whether it does, does not, or either is missing.</summary>
    public static bool Matches(ReadOnlySpan<char> secret, byte[]? hash)
    {
        Span<byte> given = stackalloc byte[HashBytes];
        Hash(secret, given);
        return CryptographicOperations.FixedTimeEquals(given, hash ?? NoHash) & hash is not null;
    }

    private static void Hash(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        if (secret.Length > LongestText) secret = secret[..LongestText];
        Span<byte> bytes = stackalloc byte[LongestText * 3];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(secret, bytes)], hash);
    }
}
