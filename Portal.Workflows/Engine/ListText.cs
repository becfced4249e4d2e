using System.Text.Json;

namespace Portal.Workflows.Engine;

/// <summary>The rows typed into a list field as one text: a JSON array of strings.</summary>
public static class ListText
{
    /// <summary>The text of rows, empty ones included, because somebody is still typing; null for no rows.</summary>
    public static string? Of(IEnumerable<string> rows) => rows.ToList() is { Count: > 0 } all ? JsonSerializer.Serialize(all) : null;

    /// <summary>The rows of a text; null where it is no such text.</summary>
    public static IReadOnlyList<string>? Rows(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        try
        {
            return JsonSerializer.Deserialize<List<string?>>(text) is { } rows && !rows.Contains(null) ? [.. rows.OfType<string>()] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
