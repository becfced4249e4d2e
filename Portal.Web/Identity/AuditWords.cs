using System.Text.Json;
using Portal.Infrastructure.Database;
using Portal.Web.Shared;

namespace Portal.Web.Identity;

/// <summary>What a row of the audit tells, in words.</summary>
internal static class AuditWords
{
    /// <summary>What was done: with a record, or what happened without one being changed.</summary>
    public static string Done(AuditRow row, Texts texts) =>
        row.Action == Event && Part(row, "What") is { } what && texts.Has($"event.{what}") ? texts[$"event.{what}"] : texts[$"audit.{row.Action}"];

    /// <summary>What an event was about; null for a change of a record.</summary>
    public static string? About(AuditRow row, Texts texts) =>
        row.Action != Event ? null : Part(row, "About") is not { } about ? "" : texts.Has($"permission.{about}") ? texts[$"permission.{about}"] : about;

    private const string Event = "event";

    private static string? Part(AuditRow row, string name)
    {
        if (row.After is null) return null;
        using var document = JsonDocument.Parse(row.After);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var part) ? part.GetString() : null;
    }
}
