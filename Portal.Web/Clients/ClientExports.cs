using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Clients;

/// <summary>The list of clients as a file: the filter of the page, a right of its own, a line in the audit.</summary>
internal static class ClientExports
{
    /// <summary>Maps <c>/export/clients.*</c>.</summary>
    public static void MapClientExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/clients.{format}", async (string format, [AsParameters] Asked asked, HttpContext http, PartnerListQuery list, AuditLog audit, TimeProvider time, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.ClientsExport);
            var rows = (await list.ListAsync(asked.Filter(actor.UserId, time.GetUtcNow()), Read<PartnerSort>(asked.Sort) ?? PartnerSort.Name, asked.Desc ?? false, Slice.All, actor, http.RequestAborted)).Rows;
            await audit.NoteAsync(actor, AuditEvents.Exported, $"clients.{format}, {rows.Count}", http.RequestAborted);
            var zone = TimeZoneInfo.FindSystemTimeZoneById(actor.TimeZone);
            return TableFile.Of(format, "clients", Columns(t, zone), rows);
        }).RequireAuthorization();

    private sealed record Asked(string? Text, string? Kind, string? Standing, bool? Mine, bool? Nobody, string? Tag, int? Silent, Guid? Segment, Guid? Responsible, string? Missing, bool? Archived, string? Sort, bool? Desc)
    {
        public PartnerFilter Filter(Guid me, DateTimeOffset now) =>
            new(Text, Read<PartnerKinds>(Kind) ?? PartnerKinds.None, Read<PartnerStanding>(Standing), Mine == true ? me : Responsible, Nobody == true, Tag, Archived: Archived == true,
                SilentSince: Silent is > 0 and <= 3650 ? now.AddDays(-Silent.Value) : null, Segment: Segment is { } segment ? new(segment) : null, Missing: Missing);
    }

    private static T? Read<T>(string? text) where T : struct, Enum => Enum.TryParse<T>(text, true, out var value) && Enum.IsDefined(value) ? value : null;

    private static TableColumn<PartnerRow>[] Columns(Texts t, TimeZoneInfo zone) =>
    [
        new(t["clients.name"], p => p.Name),
        new(t["clients.kind"], p => ClientsPage.KindsOf(p.Kinds, t)),
        new(t["clients.standing"], p => t[$"partnerStanding.{p.Standing}"]),
        new(t["clients.phone"], p => p.Phone), new(t["clients.email"], p => p.Email), new(t["clients.town"], p => p.Town),
        new(t["clients.responsible"], p => p.Responsible), new(t["vehicles.branch"], p => p.Branch),
        new(t["clients.last-contact"], p => Local(p.LastContact, zone)), new(t["clients.next-contact"], p => Local(p.NextContact, zone)), new(t["clients.since"], p => Local(p.CreatedAt, zone)),
    ];

    private static DateTime? Local(DateTimeOffset? at, TimeZoneInfo zone) => at is { } then ? TimeZoneInfo.ConvertTime(then, zone).DateTime : null;
}
