using System.Globalization;

namespace Portal.Domain.Shared;

/// <summary>The days that business can mean: around them there is still room for a week and a time zone.</summary>
public static class BusinessDay
{
    /// <summary>The first.</summary>
    public static readonly DateOnly First = new(1900, 1, 1);

    /// <summary>The last.</summary>
    public static readonly DateOnly Last = new(2199, 12, 31);

    /// <summary>True for a day that business can mean.</summary>
    public static bool IsOne(DateOnly day) => day >= First && day <= Last;

    /// <summary>The day, or none.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.year</c> with the year that nobody can mean</exception>
    public static DateOnly? Of(DateOnly? day) => day is not { } said || IsOne(said) ? day : throw Impossible(said);

    /// <summary>The day on which a moment lies in Greenwich, where nothing more exact is known.</summary>
    /// <inheritdoc cref="Of(DateOnly?)" path="/exception"/>
    public static void Require(DateTimeOffset at) => Of(DateOnly.FromDateTime(at.UtcDateTime));

    private static RuleBrokenException Impossible(DateOnly day) => new("shared.year", day.ToString("yyyy", CultureInfo.InvariantCulture));
}
