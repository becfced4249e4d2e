using Portal.Domain.Identity;
using Portal.Domain.Sales.Funnel;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Funnel;

/// <summary>The funnel as a file: a line for each stage with what the page shows of it, the win last.</summary>
internal static class FunnelExports
{
    /// <summary>Maps <c>/export/funnel.*</c>.</summary>
    public static void MapFunnelExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/funnel.{format}", async (
            string format, string? pipeline, string? period, string? from, string? to, string? manager, string? team, string? source, string? product, string? branch,
            HttpContext http, FunnelQuery query, AuditLog audit, TimeProvider time, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.ClientsExport);
            var filter = FunnelAddress.Read(pipeline, period, from, to, manager, team, source, product, branch, LocalTime.For(actor, time).Today).Filter;
            var report = await query.ReadAsync(filter, actor, http.RequestAborted);
            var speed = (await query.DetailsAsync(filter with { Pipeline = report.Stages.Pipeline.Id, From = report.From, Until = report.Until }, actor, http.RequestAborted)).Speed.ToDictionary(s => s.Position);
            return await TableFile.OfAsync(audit, actor, format, "funnel", Columns(report, speed, t), report.Conversion, http.RequestAborted, $"{report.Stages.Count}");
        }).RequireAuthorization();

    private static TableColumn<ConversionStep>[] Columns(FunnelReport report, Dictionary<int, StageSpeed> speed, Texts t)
    {
        return
        [
            new(t["funnel.stage"], s => t.Place(report.Stages, s.Position)),
            new($"{t["funnel.open"]}: {t["funnel.count"]}", s => Slice(s)?.Count) { Sum = report.Open.Count }, new($"{t["funnel.open"]}: {t["funnel.amount"]}", s => Slice(s)?.Amount) { Sum = report.Open.Amount },
            new(t["funnel.weighted"], s => Slice(s)?.Weighted) { Sum = report.Weighted }, new(t["funnel.age-days"], s => Days(Slice(s)?.MeanAge)),
            new(t["funnel.reached"], s => s.Reached), new(t["funnel.from-previous"], s => Share(s.FromPrevious)), new(t["funnel.from-first"], s => Share(s.FromFirst)), new(t["funnel.open-there"], s => s.Open),
            new($"{t["funnel.lost-after"]}: {t["funnel.count"]}", s => Lost(s)?.Count) { Sum = report.Lost.Count }, new($"{t["funnel.lost-after"]}: {t["funnel.amount"]}", s => Lost(s)?.Amount) { Sum = report.Lost.Amount },
            new(t["funnel.median-days"], s => Days(speed.GetValueOrDefault(s.Position)?.Median)), new(t["funnel.p90-days"], s => Days(speed.GetValueOrDefault(s.Position)?.P90)),
        ];

        StageSlice? Slice(ConversionStep step) => report.Slice.FirstOrDefault(s => s.Position == step.Position);
        DropOff? Lost(ConversionStep step) => report.DropOffs.FirstOrDefault(d => d.Position == step.Position);
    }

    // the page shows a tenth of a percent
    private static decimal? Share(decimal? share) => share is { } known ? Math.Round(known, 4) : null;

    private static double? Days(TimeSpan? time) => time is { } lasted ? Math.Round(lasted.TotalDays, 1) : null;
}
