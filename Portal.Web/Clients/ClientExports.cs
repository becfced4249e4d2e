using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Clients;

/// <summary>The list of clients as a file: the filter of the page, a right of its own, a line in the audit. The import takes the file back in, whatever the language of its headings.</summary>
internal static class ClientExports
{
    /// <summary>Maps <c>/export/clients.*</c>.</summary>
    public static void MapClientExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/clients.{format}", async (string format, [AsParameters] Asked asked, HttpContext http, ClientFileQuery file, AuditLog audit, TimeProvider time, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.ClientsExport);
            var rows = await file.ReadAsync(asked.Filter(actor.UserId, time.GetUtcNow()), Named.Of<PartnerSort>(asked.Sort) ?? PartnerSort.Name, asked.Desc ?? false, actor, http.RequestAborted);
            var clients = rows.Count(row => row.Client is not null);
            return await TableFile.OfAsync(audit, actor, format, "clients", Columns(t, TimeZoneInfo.FindSystemTimeZoneById(actor.TimeZone)), rows, http.RequestAborted, $"{clients}", clients);
        }).RequireAuthorization();

    private sealed record Asked(string? Text, string? Kind, string? Standing, bool? Mine, bool? Nobody, string? Tag, int? Silent, Guid? Segment, Guid? Responsible, string? Missing, string? Equal, Guid? Above, bool? Archived, string? Sort, bool? Desc)
    {
        public PartnerFilter Filter(Guid me, DateTimeOffset now) =>
            new(Text, Named.Of<PartnerKinds>(Kind) ?? PartnerKinds.None, Named.Of<PartnerStanding>(Standing), Mine == true ? me : Responsible, Nobody == true, Tag, Above is { } head ? new(head) : null, Archived == true,
                SilentSince: Silent is > 0 and <= 3650 ? now.AddDays(-Silent.Value) : null, Segment: Segment is { } segment ? new(segment) : null, Missing: Missing, Equal: Named.Of<EqualField>(Equal));
    }

    /// <summary>The columns, under the names by which the import knows them.</summary>
    internal static TableColumn<ClientFileRow>[] Columns(Texts t, TimeZoneInfo zone)
    {
        return
        [
            Of("key", r => r.Key), Of("name", r => r.Client?.Name), Of("kinds", r => r.Client is { } c ? ClientsPage.KindsOf(c.Kinds, t) : null),
            Of("standing", r => r.Client is { } c ? t[$"partnerStanding.{c.Standing}"] : null), Of("phone", r => r.OwnPhones), Of("email", r => r.OwnMails), Of("website", r => r.Details?.Website),
            Of("responsible", r => r.Responsible), Of("tags", r => r.Tags), Of("note", r => r.Note),
            Of("legal-name", r => r.Entity?.Name), Of("tax-number", r => r.TaxNumber), Of("register-number", r => r.RegisterNumber), Of("legal-address", r => r.Entity?.LegalAddress),
            Of("country", r => r.Country),
            Of("contact", r => r.Person?.Name), Of("contact-role", r => r.Role), Of("contact-phone", r => r.Phones), Of("contact-email", r => r.Mails),
            Of("birth-date", r => r.Person?.BirthDate is { } born ? born.ToDateTime(default) : null),
            Of("place", r => r.Place?.Name), Of("purposes", r => r.Place is { } place ? Purposes(place.Purposes, t) : null), Of("address", r => r.Place?.Address),
            Of("region", r => r.Place?.Region), Of("town", r => r.Place?.Town), Of("street", r => r.Place?.Street), Of("house", r => r.Place?.House), Of("premise", r => r.Place?.Premise), Of("postcode", r => r.Place?.Postcode),
            Of("latitude", r => r.Place?.Latitude), Of("longitude", r => r.Place?.Longitude), Of("door", r => r.Place?.Door), Of("access-note", r => r.Place?.AccessNote),
            new(t["vehicles.branch"], r => r.Client?.Branch),
            new(t["clients.last-contact"], r => Local(r.Client?.LastContact, zone)), new(t["clients.next-contact"], r => Local(r.Client?.NextContact, zone)), new(t["clients.since"], r => Local(r.Client?.CreatedAt, zone)),
        ];

        TableColumn<ClientFileRow> Of(string column, Func<ClientFileRow, object?> value) => new(t[$"import.column.clients.{column}"], value);
    }

    internal static string Purposes(PlacePurposes purposes, Texts t) =>
        string.Join(", ", Enum.GetValues<PlacePurposes>().Where(p => p != PlacePurposes.None && purposes.HasFlag(p)).Select(p => t[$"placePurpose.{p}"]));

    private static DateTime? Local(DateTimeOffset? at, TimeZoneInfo zone) => at is { } then ? TimeZoneInfo.ConvertTime(then, zone).DateTime : null;
}
