using System.Globalization;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.History;
using Portal.Infrastructure.Database;
using Portal.Web.Shared;

namespace Portal.Web.Clients.History;

/// <summary>Lines of a client's history in words.</summary>
internal static class HistoryWords
{
    /// <summary>The sign of a kind.</summary>
    public static string Icon(TimelineKind kind) => kind switch
    {
        TimelineKind.Interaction => "forum",
        TimelineKind.Work => "task_alt",
        TimelineKind.Process => "conversion_path",
        TimelineKind.Trip => "local_shipping",
        TimelineKind.File => "attach_file",
        TimelineKind.Change => "edit",
        _ => "history",
    };

    /// <summary>The name of a field, as its form calls it.</summary>
    public static string Field(ObjectKind kind, string name, Texts t) => t[(kind, name) switch
    {
        (ObjectKind.Counterparty, nameof(Counterparty.Name)) => "clients.legal-name",
        (ObjectKind.Counterparty, nameof(Counterparty.Parent)) => "clients.entity-parent",
        (ObjectKind.Person, nameof(Person.Name)) => "clients.person-name",
        (ObjectKind.Place, nameof(Place.Name)) => "clients.place-name",
        (ObjectKind.Agreement, nameof(Agreement.Name)) => "clients.agreement-name",
        (ObjectKind.Agreement, nameof(Agreement.Kind)) => "clients.agreement-kind",
        (_, nameof(Partner.Name)) => "clients.name",
        (_, nameof(Partner.Kinds)) => "clients.kind",
        (_, nameof(Partner.Phone)) => "clients.phone",
        (_, nameof(Partner.Email)) => "clients.email",
        (_, nameof(Partner.Website)) => "clients.website",
        (_, nameof(Partner.Branch)) => "vehicles.branch",
        (_, nameof(Partner.Level)) => "clients.level",
        (_, nameof(Partner.Parent)) => "clients.parent",
        (_, nameof(Person.BirthDate)) => "clients.birth-date",
        (_, nameof(Counterparty.Country)) => "clients.country",
        (_, nameof(Counterparty.TaxNumber)) => "clients.tax-number",
        (_, nameof(Counterparty.RegisterNumber)) => "clients.register-number",
        (_, nameof(Counterparty.LegalAddress)) => "clients.legal-address",
        (_, nameof(Counterparty.Archived)) => "clients.out-of-use",
        (_, nameof(Place.Address)) => "clients.address-line",
        (_, nameof(Place.Door)) => "clients.door",
        (_, nameof(Place.AccessNote)) => "clients.access-note",
        (_, nameof(Place.Contact)) => "clients.ask-for",
        (_, nameof(Place.Purposes)) => "clients.purpose",
        (_, nameof(Agreement.Number)) => "clients.agreement-number",
        (_, nameof(Agreement.Counterparty)) => "clients.entity",
        (_, nameof(Agreement.ValidFrom)) => "clients.valid-from",
        (_, nameof(Agreement.ValidUntil)) => "clients.valid-until",
        (_, nameof(Agreement.PaymentDays)) => "clients.payment-days",
        (_, nameof(Agreement.CreditLimit)) => "clients.credit-limit",
        (_, nameof(Agreement.Currency)) => "clients.currency",
        (_, ChangedField.Tag) => "kind.ObjectTag",
        (_, "FurtherPhone") => "history.further-phone",
        (_, "FurtherEmail") => "history.further-mail",
        (_, "FurtherMessenger") => "history.messenger",
        _ => "clients.note",
    }];

    /// <summary>A value of a field as the card shows it.</summary>
    public static string Value(ObjectKind kind, string name, string? value, Texts t) => (name, value) switch
    {
        (_, null or "") => "—",
        (_, AuditRow.Hidden) => t["clients.hidden"],
        (nameof(Partner.Kinds), _) when Number(value) is { } kinds => ClientsPage.KindsOf((PartnerKinds)kinds, t),
        (nameof(Partner.Level), _) => t[$"networkLevel.{value}"],
        (nameof(Place.Purposes), _) when Number(value) is { } purposes => ClientExports.Purposes((PlacePurposes)purposes, t) is { Length: > 0 } words ? words : "—",
        (nameof(Agreement.Kind), _) when kind == ObjectKind.Agreement => t[$"agreementKind.{value}"],
        (nameof(Partner.Archived), _) => t[bool.TryParse(value, out var yes) && yes ? "change.yes" : "change.no"],
        (nameof(Person.BirthDate) or nameof(Agreement.ValidFrom) or nameof(Agreement.ValidUntil), _) when DateOnly.TryParse(value, CultureInfo.InvariantCulture, out var day) => day.ToString("d", CultureInfo.CurrentCulture),
        (nameof(Agreement.CreditLimit), _) when decimal.TryParse(value, CultureInfo.InvariantCulture, out var money) => money.ToString("N2", CultureInfo.CurrentCulture),
        _ => value,
    };

    private static int? Number(string value) => int.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : null;
}
