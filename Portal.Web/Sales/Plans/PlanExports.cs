using System.Globalization;
using Portal.Domain.Identity;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Plans;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Plans;

/// <summary>The plans of a year as a file: a line for each manager, a pair of columns for each month.</summary>
internal static class PlanExports
{
    /// <summary>Maps <c>/export/plans.*</c>.</summary>
    public static void MapPlanExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/plans.{format}", async (string format, Guid pipeline, int year, HttpContext http, PlanQuery query, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.ClientsExport);
            var plans = await query.ReadAsync(new(pipeline), Math.Clamp(year, 1990, 2100), actor, http.RequestAborted);
            return await TableFile.OfAsync(audit, actor, format, "plans", Columns(plans, t), plans.Rows, http.RequestAborted);
        }).RequireAuthorization();

    private static TableColumn<PlanRow>[] Columns(PlanYear plans, Texts t) =>
    [
        new(t["funnel.manager"], r => r.Name ?? t["plans.nobody"]),
        .. Enumerable.Range(0, 12).SelectMany(month => new TableColumn<PlanRow>[]
        {
            new($"{Month(plans.Year, month)}: {t["plans.plan"]}", r => r.Months[month].Figures.Plan) { Sum = plans.Months[month].Plan },
            new($"{Month(plans.Year, month)}: {t["plans.fact"]}", r => r.Months[month].Figures.Fact) { Sum = plans.Months[month].Fact },
        }),
        new(t["plans.plan"], r => r.Total.Plan) { Sum = plans.Total.Plan }, new(t["plans.fact"], r => r.Total.Fact) { Sum = plans.Total.Fact }, new(t["plans.execution"], r => r.Total.Execution) { Sum = plans.Total.Execution },
    ];

    private static string Month(int year, int month) => new DateOnly(year, month + 1, 1).ToString("MMM yyyy", CultureInfo.CurrentCulture);
}
