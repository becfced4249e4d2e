using System.Globalization;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Web.Shared;

namespace Portal.Web.Clients.Duplicates;

/// <summary>Fields and values of a pair in words.</summary>
internal static class PairWords
{
    /// <summary>What was compared; whom a person works for stands where a company has its contacts.</summary>
    public static string Field(Texts t, ObjectKind kind, MatchField field) => kind == ObjectKind.Person && field == MatchField.Contact ? t["duplicates.employer"] : t[$"matchField.{field}"];

    /// <summary>A value as the card shows it.</summary>
    public static string Value(Texts t, object? value) => value switch
    {
        null or "" => "—",
        PartnerKinds kinds => ClientsPage.KindsOf(kinds, t),
        PartnerStanding standing => t[$"partnerStanding.{standing}"],
        NetworkLevel level => t[$"networkLevel.{level}"],
        DateOnly day => day.ToString("d", CultureInfo.CurrentCulture),
        _ => value.ToString()!,
    };

    /// <summary>The name of a field of a card.</summary>
    public static string Name(Texts t, PairField field) => t[field.Name switch
    {
        "Name" => "clients.name",
        "Kinds" => "clients.kind",
        "Standing" => "clients.standing",
        "Phone" => "clients.phone",
        "Email" => "clients.email",
        "Website" => "clients.website",
        "Responsible" => "clients.responsible",
        "Branch" => "vehicles.branch",
        "Parent" => "clients.parent",
        "Level" => "clients.level",
        "BirthDate" => "clients.birth-date",
        _ => "clients.note",
    }];
}
