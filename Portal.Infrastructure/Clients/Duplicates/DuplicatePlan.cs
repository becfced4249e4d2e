using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>When the base is searched without being asked.</summary>
/// <param name="EveryDays">0 for never</param>
/// <param name="Hour">0…23, on the company's clock</param>
/// <param name="Tell">user who gets a letter when something new was found</param>
public sealed record DuplicatePlan(int EveryDays = 0, int Hour = 2, Guid? Tell = null)
{
    /// <summary>The key of the setting.</summary>
    public const string Key = "clients.duplicates";

    /// <summary>Longest pause, days.</summary>
    public const int MostDays = 365;

    /// <summary>When the plan was made; the first search comes after it.</summary>
    public DateTimeOffset MadeAt { get; init; }

    /// <summary>When the next search begins, or null for never.</summary>
    /// <param name="last">when the last one began, whoever asked for it</param>
    /// <param name="zone">the company's</param>
    public DateTimeOffset? Next(DateTimeOffset? last, TimeZoneInfo zone)
    {
        if (EveryDays == 0) return null;
        var day = TimeZoneInfo.ConvertTime(last ?? MadeAt, zone).Date.AddDays(last is null ? 0 : EveryDays);
        while (At(day, zone) <= MadeAt) day = day.AddDays(1);
        return At(day, zone);
    }

    private DateTimeOffset At(DateTime day, TimeZoneInfo zone)
    {
        var local = DateTime.SpecifyKind(day.AddHours(Hour), DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>The plan in force.</summary>
    internal static async Task<DuplicatePlan> ReadAsync(PortalDb db, CancellationToken ct) =>
        await db.ReadSettingAsync<DuplicatePlan>(Key, ct) ?? new();

    /// <summary>Itself, once it is sound.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    internal DuplicatePlan Checked() => this with { EveryDays = Required.Number(EveryDays, "duplicates.every-days", 0, MostDays), Hour = Required.Number(Hour, "duplicates.hour", 0, 23) };
}
