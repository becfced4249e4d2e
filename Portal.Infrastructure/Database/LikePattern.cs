namespace Portal.Infrastructure.Database;

/// <summary>Patterns for <c>ilike</c> from what a user typed.</summary>
public static class LikePattern
{
    /// <summary>Finds the text anywhere; its own percent signs and underscores mean themselves.</summary>
    public static string Containing(string text) =>
        $"%{text.Trim().Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%";
}
