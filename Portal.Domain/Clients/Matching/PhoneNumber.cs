using Portal.Domain.Shared;

namespace Portal.Domain.Clients.Matching;

/// <summary>A phone number as entered, its normal form and what is wrong with it.</summary>
/// <param name="Entered">As somebody wrote it.</param>
/// <param name="Normal">E.164 (<c>+380441234567</c>) where the country is known or written; else the digits alone.</param>
/// <param name="Extension">Digits to dial after the connection, or null.</param>
/// <param name="Fault">Code of a localised text (<c>rule.phone.letters</c>, <c>.too-short</c>, <c>.too-long</c>), or null.</param>
public readonly record struct PhoneNumber(string Entered, string Normal, string? Extension, string? Fault)
{
    /// <summary>What has fewer digits is no phone number.</summary>
    public const int LeastDigits = 5;

    private const int LeastInternational = 7;
    private const int MostDigits = 15;
    private const int LeastSearched = 4;
    private const int LeastWithCountry = 11;

    private static readonly string[] ExtensionMarks = ["доб", "вн", "дод", "int", "ext", "x", "#", ";"];

    /// <summary>Reads a number.</summary>
    /// <param name="country">ISO 3166 code of where it is dialled from when it carries no country code, or null when unknown.</param>
    public static PhoneNumber Of(string entered, string? country)
    {
        var (main, extension) = Split(TextFold.Composed(entered).Trim());
        var digits = Digits(main);
        var international = main.StartsWith('+') || main.StartsWith("(+", StringComparison.Ordinal);
        if (!international && digits.StartsWith("00", StringComparison.Ordinal)) (digits, international) = (digits[2..], true);

        var (normal, fault) = Normalised(digits, international, international ? NumberingPlan.OfInternational(digits) : NumberingPlan.Of(country));
        return new(entered, normal, extension, main.Any(char.IsLetter) ? "phone.letters" : fault);
    }

    private static (string Normal, string? Fault) Normalised(string digits, bool international, NumberingPlan? plan)
    {
        if (plan?.National(digits, international) is { } national) return ($"+{plan.CallingCode}{national}", null);

        var least = plan?.LeastDialled(international) ?? (international ? LeastInternational : LeastDigits);
        var fault = digits.Length < least ? "phone.too-short" : plan is not null || digits.Length > MostDigits ? "phone.too-long" : null;
        return (international ? $"+{digits}" : digits, fault);
    }

    /// <summary>
    /// The digits to look for when somebody types a phone number in any format, or null when he types something else. What one dials before a number within
    /// a country or abroad (8, 0, 00, 810) is left out, and so is the country of a whole number, so that the rest is found inside one written in either way.
    /// </summary>
    public static string? SearchDigits(string typed)
    {
        var text = typed.Trim();
        if (text.Any(c => !char.IsAsciiDigit(c) && c is not ('+' or '-' or '(' or ')' or '.' or '/' or ' ' or '\u00A0' or '\u2011' or '\u2013'))) return null;
        var digits = Digits(text);
        if (digits.Length < LeastSearched) return null;
        var (dialled, abroad) = text.StartsWith('+') ? (digits, true) : Dialled(digits);
        if ((abroad || dialled.Length >= LeastWithCountry) && NumberingPlan.OfInternational(dialled)?.National(dialled, true) is { } national) return national;
        return dialled.Length < LeastSearched ? digits : dialled;
    }

    private static (string Digits, bool Abroad) Dialled(string digits) => digits switch
    {
        _ when digits.StartsWith("810", StringComparison.Ordinal) && digits.Length > 12 => (digits[3..], true),
        _ when digits.StartsWith("00", StringComparison.Ordinal) => (digits[2..], true),
        ['8', ..] when digits.Length == 11 => (digits[1..], false),
        ['0', ..] => (digits[1..], false),
        _ => (digits, false),
    };

    /// <summary>What is wrong with what has too few digits to be a phone number anywhere; null for whatever may ring, however doubtful.</summary>
    public string? Refusal => Entered.Count(char.IsAsciiDigit) < LeastDigits ? Fault : null;

    /// <summary>Refuses what somebody writes and is no phone number.</summary>
    /// <exception cref="RuleBrokenException">with the <see cref="Refusal"/></exception>
    public static void Require(string? entered)
    {
        if (!string.IsNullOrWhiteSpace(entered) && Of(entered, null).Refusal is { } fault) throw new RuleBrokenException(fault);
    }

    /// <summary>Address by which a telephone dials it (RFC 3966).</summary>
    public string Link => Extension is null ? $"tel:{Normal}" : $"tel:{Normal};ext={Extension}";

    /// <summary>The last nine digits, by which one number written with and without its country is found.</summary>
    public string Tail => Normal.Length > 9 ? Normal[^9..] : Normal;

    /// <summary>Whether both ring at one place; one may lack its country.</summary>
    public bool IsSameAs(PhoneNumber other)
    {
        if (Normal.Length < LeastDigits || other.Normal.Length < LeastDigits) return false;
        if (Normal == other.Normal) return true;
        var one = Normal.StartsWith('+') != other.Normal.StartsWith('+');
        return one && Normal.Length > 7 && other.Normal.Length > 7 && Tail == other.Tail;
    }

    private static (string Main, string? Extension) Split(string text)
    {
        var lower = text.ToLowerInvariant();
        foreach (var mark in ExtensionMarks)
        {
            var at = lower.IndexOf(mark, StringComparison.Ordinal);
            if (at <= 0) continue;
            var extension = Digits(text[at..]);
            if (extension.Length is > 0 and <= 6) return (text[..at].TrimEnd(' ', ',', '('), extension);
        }
        return (text, null);
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
