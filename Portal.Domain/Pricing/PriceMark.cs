using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Portal.Domain.Pricing;

/// <summary>A line as somebody approves of its price.</summary>
/// <param name="Line">hash of which line it is, what it says and its price: said otherwise, it is another line</param>
/// <param name="Floor">the price that leaves the least margin; null where nobody knows what the line costs</param>
public sealed record PriceMark(string Line, decimal? Floor)
{
    private const int Digits = 16;

    /// <summary>Marks a line.</summary>
    /// <param name="line">what tells it from others, its price in it</param>
    public static PriceMark Of(FormattableString line, decimal? floor) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line.ToString(CultureInfo.InvariantCulture))))[..Digits], floor);

    /// <summary>True where whoever approved of this has approved of the other: the same line at the same price, which leaves no less than it did then. Who approved of an unknown cost has judged it himself.</summary>
    public bool Covers(PriceMark other) => other.Line == Line && (Floor is null || other.Floor <= Floor);
}
