using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Deals;

/// <summary>The list of deals as a file: the filter of the page, the rights of who asks, a line in the audit.</summary>
internal static class DealExports
{
    /// <summary>Maps <c>/export/deals.*</c>.</summary>
    public static void MapDealExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/deals.{format}", async (string format, [AsParameters] Asked asked, HttpContext http, DealListQuery list, DealChoicesQuery offers, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DealsRead);
            actor.Require(Permissions.ClientsExport);
            var sort = Named.Of<DealSort>(asked.Sort) ?? DealSort.Opened;
            var page = await list.ListAsync(asked.Filter(actor.UserId), sort, sort == DealSort.Opened ? asked.Desc != true : asked.Desc == true, Slice.All, actor, http.RequestAborted);
            return await TableFile.OfAsync(audit, actor, format, "deals", Columns(await offers.ReadAsync(actor, http.RequestAborted), t), page.Rows, http.RequestAborted);
        }).RequireAuthorization();

    private sealed record Asked(
        string? Text, Guid? Pipeline, Guid? Stage, string? State, string? Manager, Guid? Team, Guid? Source, Guid? Loss, string? Step, string? Day, DateOnly? From, DateOnly? Until, Guid? Client, bool? Archived, string? Sort, bool? Desc)
    {
        public DealFilter Filter(Guid me) => DealAddress.Filter(me, Text, Pipeline, Stage, State, Manager, Team, Source, Loss, Step, Day, From, Until, Client, Archived == true);
    }

    private static TableColumn<DealRow>[] Columns(DealChoices choices, Texts t) =>
    [
        new(t["deals.number"], d => d.Number), new(t["deals.title"], d => d.Title), new(t["deals.client"], d => d.Partner), new(t["deals.amount"], d => d.Amount), new(t["deals.currency"], d => d.Currency),
        new($"{t["deals.amount"]}, {choices.Currency}", d => d.AmountBase), new(t["deals.pipeline"], d => choices.Find(d.Stage)?.Pipeline.Name.In(t.Language)), new(t["deals.stage"], d => choices.Find(d.Stage)?.Stage.Name.In(t.Language)),
        new(t["deals.state"], d => t[$"dealState.{d.State}"]), new(t["deals.probability"], d => d.Probability), new(t["deals.manager"], d => d.Manager),
        new(t["deals.source"], d => choices.Sources.FirstOrDefault(s => s.Id == d.Source?.Value) is { } source ? t.Source(source) : null),
        new(t["deals.loss-reason"], d => choices.LossReasons.FirstOrDefault(r => r.Id == d.LossReason?.Value) is { } reason ? t.Loss(reason) : null),
        new(t["deals.next-step"], d => d.NextStep), new(t["deals.by-when"], d => Day(d.NextStepOn)), new(t["deals.opened"], d => Day(d.OpenedOn)), new(t["deals.expected"], d => Day(d.ExpectedClose)), new(t["deals.closed"], d => Day(d.ClosedOn)),
    ];

    private static DateTime? Day(DateOnly? day) => day?.ToDateTime(default);
}
