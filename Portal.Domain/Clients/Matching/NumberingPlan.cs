namespace Portal.Domain.Clients.Matching;

/// <summary>How a country numbers its phones (ITU E.164 and the national plans).</summary>
/// <param name="Country">ISO 3166 code.</param>
/// <param name="CallingCode">Digits after the plus.</param>
/// <param name="Trunk">What is dialled before a number within the country.</param>
/// <param name="Least">Digits of a national number at least.</param>
/// <param name="Most">Digits of a national number at most.</param>
internal sealed record NumberingPlan(string Country, string CallingCode, string Trunk, int Least, int Most)
{
    private static readonly NumberingPlan[] Known =
    [
        new("RU", "7", "8", 10, 10), new("UA", "380", "0", 9, 9), new("RO", "40", "0", 9, 9), new("MD", "373", "0", 8, 8), new("ID", "62", "0", 8, 12),
    ];

    /// <summary>The plan of a country, or null when it is none of ours.</summary>
    public static NumberingPlan? Of(string? country) => Known.FirstOrDefault(plan => plan.Country == country);

    /// <summary>The plan that an international number belongs to, or null.</summary>
    public static NumberingPlan? OfInternational(string digits) => Known.FirstOrDefault(plan => digits.StartsWith(plan.CallingCode, StringComparison.Ordinal));

    /// <summary>The national number of what was dialled, or null when none fits.</summary>
    public string? National(string digits, bool international)
    {
        if (digits.StartsWith(CallingCode, StringComparison.Ordinal) && WithoutTrunk(digits[CallingCode.Length..]) is { } afterCode) return afterCode;
        return international ? null : WithoutTrunk(digits);
    }

    /// <summary>Digits that are dialled at least.</summary>
    public int LeastDialled(bool international) => Least + (international ? CallingCode.Length : 0);

    private string? WithoutTrunk(string digits)
    {
        if (digits.StartsWith(Trunk, StringComparison.Ordinal) && Fits(digits[Trunk.Length..])) return digits[Trunk.Length..];
        return Fits(digits) ? digits : null;
    }

    private bool Fits(string national) => national.Length >= Least && national.Length <= Most && national[0] != '0';
}
