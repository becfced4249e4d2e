namespace Portal.Infrastructure.Database;

/// <summary>Patterns for <c>like</c> and <c>ilike</c> from what a user typed.</summary>
public static class LikePattern
{
    private const int MostWords = 6;
    private const int MostLetters = 40;

    /// <summary>To be named with every pattern: without it the provider switches escaping off.</summary>
    public const string Escape = @"\";

    /// <summary>Finds the text anywhere; its own percent signs and underscores mean themselves. NUL, which no text in the database holds, is left out.</summary>
    public static string Containing(string text) => $"%{Itself(text)}%";

    /// <summary>Finds what begins with the text, as <see cref="Containing"/> does.</summary>
    public static string Starting(string text) => $"{Itself(text)}%";

    private static string Itself(string text) => text.Replace("\0", "").Trim().Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");

    /// <summary>The first six words; those longer than any name are cut.</summary>
    public static IEnumerable<string> Words(string? text) =>
        (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MostWords).Select(word => word.Length > MostLetters ? word[..MostLetters] : word);

    /// <summary>A pattern for each of the <see cref="Words"/>, each to be found somewhere.</summary>
    public static IEnumerable<string> ContainingEach(string? text) => Words(text).Select(Containing);
}
