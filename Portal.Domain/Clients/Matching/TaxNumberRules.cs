namespace Portal.Domain.Clients.Matching;

/// <summary>Lengths and check digits of the tax numbers of five countries.</summary>
internal static class TaxNumberRules
{
    /// <summary>Code of what is wrong with a normal form, or null.</summary>
    public static string? Fault(string number, string? country) => country switch
    {
        "RU" => Checked(number, number.Length switch { 10 => IsCompanyOfRussia, 12 => IsPersonOfRussia, _ => null }),
        "UA" => Checked(number, number.Length switch { 8 => IsCompanyOfUkraine, 10 => IsPersonOfUkraine, _ => null }),
        "RO" => Checked(number, number.Length switch { >= 2 and <= 10 => IsCompanyOfRomania, 13 => IsPersonOfRomania, _ => null }),
        "MD" => Checked(number, number.Length == 13 ? IsOfMoldova : null),
        "ID" => Checked(number, number.Length switch { 15 => IsTaxpayerOfIndonesia, 16 => IsPersonOfIndonesia, _ => null }),
        _ => number.Length == 0 ? "tax-number.length" : null,
    };

    /// <summary>Code of what is wrong with a КПП (four digits of the tax office, two digits or Latin letters of the reason, three of the order), or null.</summary>
    public static string? BranchFault(string branch) =>
        branch.Length == 9 && branch.Where((_, at) => at is not (4 or 5)).All(char.IsAsciiDigit) && branch[4..6].All(char.IsAsciiLetterOrDigit) ? null : "tax-number.branch";

    private static string? Checked(string number, Predicate<string>? rule) =>
        !number.All(char.IsAsciiDigit) ? "tax-number.letters"
        : rule is null ? "tax-number.length"
        : rule(number) ? null : "tax-number.check-digit";

    private static int Digit(string number, int at) => number[at] - '0';

    private static int Sum(string number, params ReadOnlySpan<int> weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++) sum += weights[i] * Digit(number, i);
        return sum;
    }

    // ИНН
    private static bool IsCompanyOfRussia(string number) => Sum(number, 2, 4, 10, 3, 5, 9, 4, 6, 8) % 11 % 10 == Digit(number, 9);

    private static bool IsPersonOfRussia(string number) =>
        Sum(number, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) % 11 % 10 == Digit(number, 10) && Sum(number, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) % 11 % 10 == Digit(number, 11);

    // ЄДРПОУ: numbers from 30,000,000 to 60,000,000 have weights of their own, and a remainder of ten is reckoned again.
    private static bool IsCompanyOfUkraine(string number)
    {
        int[] weights = number[0] is '3' or '4' or '5' ? [7, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6, 7];
        var check = Sum(number, weights) % 11;
        if (check == 10) check = Sum(number, [.. weights.Select(weight => weight + 2)]) % 11 % 10;
        return check == Digit(number, 7);
    }

    // РНОКПП
    private static bool IsPersonOfUkraine(string number)
    {
        var remainder = Sum(number, -1, 5, 7, 9, 4, 6, 10, 5, 7) % 11;
        return (remainder + 11) % 11 % 10 == Digit(number, 9);
    }

    // CUI: the weights stand to the right.
    private static bool IsCompanyOfRomania(string number) => number[0] != '0' && 10 * Sum(number[..^1].PadLeft(9, '0'), 7, 5, 3, 2, 1, 7, 5, 3, 2) % 11 % 10 == Digit(number, number.Length - 1);

    // CNP
    private static bool IsPersonOfRomania(string number)
    {
        var check = Sum(number, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11;
        return (check == 10 ? 1 : check) == Digit(number, 12);
    }

    // IDNO and IDNP
    private static bool IsOfMoldova(string number) => Sum(number, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1) % 10 == Digit(number, 12);

    // NPWP: Luhn over the first nine digits.
    private static bool IsTaxpayerOfIndonesia(string number)
    {
        var sum = 0;
        for (var i = 0; i < 9; i++)
        {
            var digit = Digit(number, i) * (i % 2 == 0 ? 1 : 2);
            sum += digit > 9 ? digit - 9 : digit;
        }
        return sum % 10 == 0;
    }

    // NIK has no check digit; the seventh to the twelfth are the birth date, forty added to the day for women.
    private static bool IsPersonOfIndonesia(string number) =>
        int.Parse(number.AsSpan(6, 2)) % 40 is >= 1 and <= 31 && int.Parse(number.AsSpan(8, 2)) is >= 1 and <= 12;
}
