using Portal.Domain.Clients.GroupChange;
using Portal.Web.Shared;

namespace Portal.Web.Clients.GroupChange;

/// <summary>Changes of many in words.</summary>
internal static class ChangeWords
{
    /// <summary>What is changed: the field, with the kind or tag it is about.</summary>
    public static string Field(ClientChange change, Texts t) => change switch
    {
        { Field: ClientField.Kind, Subject: { } kind } => $"{t["clientField.Kind"]}: {t[$"partnerKind.{kind}"]}",
        { Field: ClientField.Tag, Subject: { } word } => $"{t["clientField.Tag"]}: #{word}",
        _ => t[$"clientField.{change.Field}"],
    };

    /// <summary>A value of it; <paramref name="names"/> are those of the users, branches or clients it may point to.</summary>
    public static string Value(ClientField field, string? value, IReadOnlyDictionary<string, string> names, Texts t) => (field, value) switch
    {
        (_, null) => "—",
        (_, ClientChange.Yes) => t["change.yes"],
        (_, ClientChange.No) => t["change.no"],
        (ClientField.Standing, _) => t[$"partnerStanding.{value}"],
        (ClientField.Level, _) => t[$"networkLevel.{value}"],
        _ => names.GetValueOrDefault(value) ?? t["segments.beyond"],
    };
}
