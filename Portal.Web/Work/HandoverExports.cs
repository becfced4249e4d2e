using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work.Handovers;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Work;

/// <summary>The report of a handover as a file, under the rights of its page; what it tells of clients needs the right to export them. A line in the audit.</summary>
internal static class HandoverExports
{
    /// <summary>Maps <c>/export/handover/{id}.*</c>.</summary>
    public static void MapHandoverExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/handover/{id:guid}.{format}", async (Guid id, string format, HttpContext http, HandoverQuery reports, AuditLog audit, Texts t) =>
        {
            try
            {
                var actor = await http.ActorAsync();
                var (_, lines) = await reports.FindAsync(new(id), Slice.All, actor, http.RequestAborted);
                var clients = actor.Can(Permissions.ClientsExport);
                return await TableFile.OfAsync<HandoverLine>(audit, actor, format, "handover",
                    [
                        new(t["handover.what"], l => t[$"heldKind.{l.Kind}"]), new(t["handover.piece"], l => l.Title), new(t["handover.to"], l => l.Refusal is null ? l.ToName : null),
                        new(t["handover.stays"], l => l.Refusal is { } why ? t[$"handoverRefusal.{why}"] : null),
                        .. clients ? [new TableColumn<HandoverLine>(t["handover.letter-to"], l => l.LetterTo)] : Array.Empty<TableColumn<HandoverLine>>(),
                    ], clients ? lines.Rows : [.. lines.Rows.Select(l => HandoverLine.IsOfClients(l.Kind) ? l.Veiled() : l)], http.RequestAborted, $"{lines.Total}");
            }
            catch (RuleBrokenException refusal) when (refusal.Code != TableFile.TooMany)
            {
                return Results.NotFound();
            }
        }).RequireAuthorization();
}
