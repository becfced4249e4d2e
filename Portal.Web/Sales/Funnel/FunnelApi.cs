using Portal.Domain.Sales.Funnel;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Web.Api;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Funnel;

/// <summary>A stage of the funnel for programs; the win stands behind the last one, where nothing is open and nothing can be lost.</summary>
public sealed record ApiFunnelStage(
    string Key, string Name, int Open, decimal Amount, decimal Weighted, double? MeanAgeDays, int Reached, decimal? FromPrevious, decimal? FromFirst, int NotMatured, int LostAfter, decimal LostAmount);

/// <summary>Deals of a month, and how many came at least to each stage and to the win.</summary>
public sealed record ApiCohort(DateOnly From, DateOnly Until, IReadOnlyList<int> Reached);

/// <summary>Deals lost for a reason.</summary>
public sealed record ApiLossReason(string? Reason, int Count, decimal Amount);

/// <summary>The funnel for programs, with the figures of the page; sums are in the company's currency, shares from 0 to 1.</summary>
public sealed record ApiFunnel(
    Guid Pipeline, string Name, DateOnly From, DateOnly Until, string Currency, int Open, decimal OpenAmount, decimal Weighted, int Won, decimal WonAmount, int Lost, decimal LostAmount, decimal? WinRate,
    string? WorstStage, IReadOnlyList<ApiFunnelStage> Stages, IReadOnlyList<ApiCohort> Cohorts, IReadOnlyList<ApiLossReason> LossReasons);

/// <summary>The funnel for other programs.</summary>
internal static class FunnelApi
{
    /// <summary>Maps <c>/api/v1/sales/funnel</c>.</summary>
    public static void MapFunnelApi(this IEndpointRouteBuilder app) =>
        app.MapApiGroup("sales").MapGet("/sales/funnel", ReadAsync).Produces<ApiFunnel>()
            .WithSummary("The funnel of a pipeline as its page shows it; the same names narrow it as in the address of the page: period (Month, Quarter, Year, TwelveMonths, All) or from and to, manager, team, source, product, branch.");

    private static async Task<IResult> ReadAsync(
        HttpContext http, FunnelQuery query, FunnelChoicesQuery choicesOf, TimeProvider time, Texts t,
        string? pipeline = null, string? period = null, string? from = null, string? to = null, string? manager = null, string? team = null, string? source = null, string? product = null, string? branch = null)
    {
        var actor = await http.ActorAsync();
        var (currency, reasons) = await choicesOf.WordsAsync(actor, http.RequestAborted);
        var report = await query.ReadAsync(FunnelAddress.Read(pipeline, period, from, to, manager, team, source, product, branch, LocalTime.For(actor, time).Today).Filter, actor, http.RequestAborted);
        var (stages, language) = (report.Stages, t.Language);
        return Results.Json(new ApiFunnel(
            stages.Pipeline.Id.Value, stages.Pipeline.Name.In(language), report.From, report.Until, currency, report.Open.Count, report.Open.Amount, report.Weighted,
            report.Won.Count, report.Won.Amount, report.Lost.Count, report.Lost.Amount, report.WinRate, report.Worst is { } worst ? stages.Stages[worst.Position - 1].Key : null,
            [.. report.Conversion.Select(Stage)], [.. report.Months.Select(m => new ApiCohort(m.From, m.Until, [.. m.Steps.Select(s => s.Reached)]))],
            [.. report.Reasons.Select(r => new ApiLossReason(reasons.FirstOrDefault(x => x.Id == r.Reason) is { } term ? t.Loss(term) : null, r.Count, r.Amount))]));

        ApiFunnelStage Stage(ConversionStep step)
        {
            var (slice, lost) = (report.Slice.ElementAtOrDefault(step.Position - 1), report.DropOffs.ElementAtOrDefault(step.Position - 1));
            return new(
                slice is null ? "won" : stages.Stages[step.Position - 1].Key, t.Place(stages, step.Position), slice?.Count ?? 0, slice?.Amount ?? 0, slice?.Weighted ?? 0, slice?.MeanAge?.TotalDays,
                step.Reached, step.FromPrevious, step.FromFirst, step.Open, lost?.Count ?? 0, lost?.Amount ?? 0);
        }
    }
}
