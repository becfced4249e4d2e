using Portal.Domain.Documents;

namespace Portal.Infrastructure.Database;

/// <summary>The number of a document in questions to the database, where it is looked for as people write it.</summary>
internal static class DocumentNumberText
{
    /// <summary>As <see cref="DocumentNumber.ToString"/> writes it; null where none has been taken yet. The database reckons it.</summary>
    public static string? Of(int? year, int? sequence) => throw new NotSupportedException();
}
