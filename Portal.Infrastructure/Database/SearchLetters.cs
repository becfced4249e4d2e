namespace Portal.Infrastructure.Database;

/// <summary>Letters as the search compares them, of what is kept and of what is typed: small, and ё as е, for hardly anybody writes its dots.</summary>
internal static class SearchLetters
{
    /// <summary>The text in those letters; in questions to the database it reckons them.</summary>
    public static string Of(string text) => text.ToLowerInvariant().Replace('ё', 'е');
}
