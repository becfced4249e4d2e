using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Infrastructure.Clients.Activity;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Clients.Activity;

/// <summary>Who did what as a file: the question of the page, the right to export, a line in the audit.</summary>
internal static class ActivityExports
{
    /// <summary>Maps <c>/export/contacts.*</c>.</summary>
    public static void MapActivityExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/contacts.{format}", async (string format, string? from, string? to, string? by, HttpContext http, ActivityQuery query, AuditLog audit, TimeProvider time, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.ClientsExport);
            var clock = LocalTime.For(actor, time);
            var asked = ActivityAddress.Read(from, to, by, clock);
            var rows = await query.ReadAsync(asked.Filter(clock), Slice.All, actor, http.RequestAborted);
            return await TableFile.OfAsync(audit, actor, format, "contacts", Columns(asked.Group, t), rows.Rows, http.RequestAborted);
        }).RequireAuthorization();

    private static TableColumn<ActivityRow>[] Columns(ActivityGroup group, Texts t) =>
    [
        new(t[$"activity.by.{group}"], r => r.Name ?? r.Key),
        .. Enum.GetValues<InteractionKind>().Select(kind => new TableColumn<ActivityRow>(t[$"interactionKind.{kind}"], r => r.Of(kind))),
        new(t["activity.Held"], r => r.Held), new(t["activity.with-outcome"], r => r.WithOutcome), new(t["activity.Planned"], r => r.Planned),
        new(t["activity.Overdue"], r => r.Overdue), new(t["activity.Cancelled"], r => r.Cancelled), new(t["activity.clients"], r => r.Clients),
    ];
}
