using Microsoft.EntityFrameworkCore;

namespace Portal.Infrastructure.Database;

/// <summary>Which rows of a list are asked for; never more than <see cref="MaxRows"/> and one, by which it is known that there are more.</summary>
public readonly record struct Slice(int Skip, int Take)
{
    /// <summary>No list shows more; a file of more is refused.</summary>
    public const int MaxRows = 50_000;

    /// <summary>All rows up to the cap, and one beyond it.</summary>
    public static readonly Slice All = new(0, MaxRows + 1);

    /// <summary>Rows to pass over; never negative.</summary>
    public int From => Math.Max(0, Skip);

    /// <summary>Rows to return, within the cap.</summary>
    public int Count => Math.Clamp(Take, 0, MaxRows + 1);
}

/// <summary>A page of a list and how many there are in all.</summary>
public sealed record PageOf<T>(IReadOnlyList<T> Rows, int Total)
{
    /// <summary>True where there are more than <see cref="Total"/>, which nobody counted to the end.</summary>
    public bool More { get; init; }
}

/// <summary>Reading lists by slices.</summary>
internal static class Slices
{
    /// <summary>Reads a slice of a sorted list, and counts the list.</summary>
    public static async Task<PageOf<T>> PageAsync<T>(this IQueryable<T> sorted, Slice slice, CancellationToken ct) =>
        new(await sorted.Skip(slice.From).Take(slice.Count).ToListAsync(ct), await sorted.CountAsync(ct));
}
