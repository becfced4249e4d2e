using System.Diagnostics.CodeAnalysis;

namespace Portal.Domain.Fleet;

/// <summary>The keys by which devices call themselves: an IMEI, a phone client's id, a name given by hand.</summary>
public static class DeviceKeys
{
    /// <summary>Longest key.</summary>
    public const int MaxLength = 64;

    /// <summary>True for 1…64 Latin letters, digits, <c>. _ : -</c>, beginning with a letter or digit; so never a path.</summary>
    public static bool IsWellFormed([NotNullWhen(true)] string? key)
    {
        if (key is not { Length: > 0 and <= MaxLength } || !char.IsAsciiLetterOrDigit(key[0])) return false;
        foreach (var c in key)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '-')) return false;
        return true;
    }
}
