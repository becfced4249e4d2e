namespace Portal.Infrastructure.Database;

/// <summary>Patterns for <c>like</c> and <c>ilike</c> from what a user typed.</summary>
public static class LikePattern
{
    /// <summary>To be named with every pattern: without it the provider switches escaping off.</summary>
    public const string Escape = @"\";

    /// <summary>Finds the text anywhere; its own percent signs and underscores mean themselves. NUL, which no text in the database holds, is left out.</summary>
    public static string Containing(string text) =>
        $"%{text.Replace("\0", "").Trim().Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%";
}
