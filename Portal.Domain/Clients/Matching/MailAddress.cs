using Portal.Domain.Shared;

namespace Portal.Domain.Clients.Matching;

/// <summary>A mail address as entered, its normal form and what is wrong with it.</summary>
/// <param name="Entered">As somebody wrote it.</param>
/// <param name="Normal">Lower case, without <c>mailto:</c>, a name before it or angle brackets. Dots and plus signs stay: what they mean is the provider's matter.</param>
/// <param name="Fault">Code of a localised text (<c>rule.mail.form</c>), or null.</param>
public readonly record struct MailAddress(string Entered, string Normal, string? Fault)
{
    /// <summary>Reads one address.</summary>
    public static MailAddress Of(string entered)
    {
        var text = TextFold.Composed(entered).Trim();
        if (text.LastIndexOf('<') is >= 0 and var open && text.IndexOf('>', open) is > 0 and var close) text = text[(open + 1)..close].Trim();
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) text = text[7..];
        var normal = text.Trim().ToLowerInvariant();
        return new(entered, normal, IsAddress(normal) ? null : "mail.form");
    }

    /// <summary>Refuses what somebody writes and is no mail address.</summary>
    /// <exception cref="RuleBrokenException">with the <see cref="Fault"/></exception>
    public static void Require(string? entered)
    {
        if (!string.IsNullOrWhiteSpace(entered) && Of(entered).Fault is { } fault) throw new RuleBrokenException(fault);
    }

    private static bool IsAddress(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < 1 || text.Length > 254 || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ',' or ';' or '<' or '>')) return false;
        var domain = text[(at + 1)..];
        return text.IndexOf('@') == at && domain.Contains('.') && domain.Split('.').All(part => part.Length is > 0 and <= 63 && part[0] != '-' && part[^1] != '-');
    }
}
