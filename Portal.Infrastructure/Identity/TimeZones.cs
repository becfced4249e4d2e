using Portal.Domain.Shared;

namespace Portal.Infrastructure.Identity;

/// <summary>The time zones that can be chosen: IANA names only, since the database and browsers know no others.</summary>
public static class TimeZones
{
    /// <summary>Their names, in order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Append("UTC").Distinct().Order(StringComparer.Ordinal)];

    private static readonly Dictionary<string, string> ByName = All.ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The zone of that name in the list's own spelling, or null.</summary>
    public static string? Find(string? name) => ByName.GetValueOrDefault(name?.Trim() ?? "");

    /// <summary>As <see cref="Find"/>; what stands already stays, since lists differ between releases of the zones.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.time-zone-unknown</c></exception>
    public static string Named(string name, string? standing = null) =>
        Find(name) ?? (name == standing ? name : throw new RuleBrokenException("identity.time-zone-unknown", name));
}
