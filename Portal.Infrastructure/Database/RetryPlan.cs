using System.Globalization;
using System.Xml;

namespace Portal.Infrastructure.Database;

/// <summary>How often something that failed is tried, and how long lies between.</summary>
/// <param name="Tries">tries in all, the first included</param>
/// <param name="Every">time between two tries; null doubles it from ten seconds to at most an hour</param>
public sealed record RetryPlan(int Tries, TimeSpan? Every)
{
    /// <summary>Five tries, further and further apart.</summary>
    public static readonly RetryPlan Usual = new(5, null);

    /// <summary>Reads <c>R5/PT5M</c>; what cannot be read is <see cref="Usual"/>, as is null.</summary>
    public static RetryPlan Of(string? cycle)
    {
        if (cycle?.Split('/') is not [['R', .. var tries], var every]) return Usual;
        if (!int.TryParse(tries, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1) return Usual;
        try { return new(count, XmlConvert.ToTimeSpan(every)); }
        catch (FormatException) { return Usual; }
    }

    /// <summary>When to try again after so many failed tries; up to a fifth later by chance, so that what failed together does not come back together. Null when it was the last.</summary>
    public DateTimeOffset? Next(int failed, DateTimeOffset now, Random random)
    {
        if (failed >= Tries) return null;
        var wait = Every ?? TimeSpan.FromSeconds(Math.Min(3600, 10 * Math.Pow(2, Math.Min(failed - 1, 20))));
        return now + wait * (1 + random.NextDouble() / 5);
    }
}
