using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work.Handovers;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Work;

/// <summary>The report of a handover as a file, under the rights of its page.</summary>
internal static class HandoverExports
{
    /// <summary>Maps <c>/export/handover/{id}.*</c>.</summary>
    public static void MapHandoverExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/handover/{id:guid}.{format}", async (Guid id, string format, HttpContext http, HandoverQuery reports, Texts t) =>
        {
            try
            {
                var (_, lines) = await reports.FindAsync(new(id), Slice.All, await http.ActorAsync(), http.RequestAborted);
                return TableFile.Of(format, "handover",
                    [
                        new(t["handover.what"], l => t[$"heldKind.{l.Kind}"]), new(t["handover.piece"], l => l.Title), new(t["handover.to"], l => l.Refusal is null ? l.ToName : null),
                        new(t["handover.stays"], l => l.Refusal is { } why ? t[$"handoverRefusal.{why}"] : null), new(t["handover.letter-to"], l => l.LetterTo),
                    ], lines.Rows);
            }
            catch (RuleBrokenException)
            {
                return Results.NotFound();
            }
        }).RequireAuthorization();
}
