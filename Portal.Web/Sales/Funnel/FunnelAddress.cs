using System.Globalization;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Funnel;

/// <summary>The period a funnel covers: named, or by its days.</summary>
public enum FunnelPeriod { Year, Quarter, Month, TwelveMonths, All, Days }

/// <summary>What the address of the funnel, of its file and of its programs' interface asks. What cannot be read is as if it were not there.</summary>
/// <param name="Asked">the period by its name</param>
public sealed record FunnelAddress(FunnelFilter Filter, FunnelPeriod Asked)
{
    /// <summary>Reads it.</summary>
    /// <param name="pipeline">id of a pipeline; none is the first</param>
    /// <param name="period">name of a period; without one the last twelve months, with days those</param>
    /// <param name="manager">id of a user, or <c>none</c></param>
    /// <param name="today">the reader's day</param>
    public static FunnelAddress Read(string? pipeline, string? period, string? from, string? to, string? manager, string? team, string? source, string? product, string? branch, DateOnly today)
    {
        var (first, last) = (Day(from), Day(to));
        var asked = Named.Of<FunnelPeriod>(period) ?? (first is not null || last is not null ? FunnelPeriod.Days : FunnelPeriod.TwelveMonths);
        var month = new DateOnly(today.Year, today.Month, 1);
        var (since, until) = asked switch
        {
            FunnelPeriod.Month => (month, today),
            FunnelPeriod.Quarter => (new DateOnly(today.Year, (today.Month - 1) / 3 * 3 + 1, 1), today),
            FunnelPeriod.Year => (new DateOnly(today.Year, 1, 1), today),
            FunnelPeriod.All => ((DateOnly?)null, (DateOnly?)null),
            FunnelPeriod.Days => (first, last),
            _ => (month.AddMonths(-11), today),
        };
        return new(new(
            Id(pipeline) is { } of ? new(of) : null, since, until, Id(manager), manager == SalesAddress.None, Id(team) is { } inTeam ? new(inTeam) : null, Id(source) is { } by ? new(by) : null, Id(product), Id(branch) is { } at ? new(at) : null), asked);
    }

    /// <summary>A day as addresses carry it.</summary>
    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A day of an address; null for none that business can mean.</summary>
    public static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? LocalTime.Known(day) : null;

    private static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;
}
