using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Web.Sales.Plans;

/// <summary>Sums as people type them and spreadsheets copy them.</summary>
internal static class PlanNumber
{
    private const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign;

    /// <summary>A sum in the reader's way of writing, else with a decimal point; spaces part thousands, nothing is 0.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.plan-unreadable</c></exception>
    public static decimal Read(string text)
    {
        var plain = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not '\u00A0' and not '\u202F' and not '\''));
        if (plain.Length == 0) return 0;
        return decimal.TryParse(plain, Style, CultureInfo.CurrentCulture, out var own) ? own
            : decimal.TryParse(plain, Style, CultureInfo.InvariantCulture, out var plainly) ? plainly
            : throw new RuleBrokenException("sales.plan-unreadable", text.Trim());
    }
}
