using System.Globalization;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Funnel;

/// <summary>How figures of the funnel are said.</summary>
internal static class FunnelWords
{
    /// <summary>A sum without its minor unit.</summary>
    public static string Sum(decimal amount) => amount.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>A difference, with its sign.</summary>
    public static string Signed(decimal amount) => amount.ToString("+#,0;−#,0;0", CultureInfo.CurrentCulture);

    /// <summary>A share with one place; a dash where there is none.</summary>
    public static string Share(decimal? share) => share?.ToString("P1", CultureInfo.CurrentCulture) ?? "—";

    /// <summary>Days, or hours where they are few.</summary>
    public static string Lasting(this Texts texts, TimeSpan? time) =>
        time is not { } lasted ? "—" : lasted.TotalDays >= 2 ? texts.Count("funnel.days", (long)Math.Round(lasted.TotalDays)) : texts.Count("funnel.hours", (long)Math.Round(lasted.TotalHours));

    /// <summary>The name of a stage, or of the win behind the last one.</summary>
    public static string Place(this Texts texts, FunnelStages stages, int position) => position > stages.Count ? texts["funnel.won"] : stages.Stages[position - 1].Name.In(texts.Language);

    /// <summary>A cohort by its month, quarter or year.</summary>
    public static string Cohort(CohortMonth cohort) =>
        cohort.From.Year == cohort.Until.Year && cohort.From.Month == cohort.Until.Month ? Month(cohort.From) : $"{Month(cohort.From)} – {Month(cohort.Until)}";

    /// <summary>A month, short.</summary>
    public static string Month(DateOnly month) => month.ToString("MMM yyyy", CultureInfo.CurrentCulture);

    /// <summary>Why deals were lost, in words.</summary>
    public static string Reason(this Texts texts, IReadOnlyList<SalesTerm> reasons, Guid? reason) => reasons.FirstOrDefault(r => r.Id == reason) is { } term ? texts.Loss(term) : "—";

    /// <summary>A number of a drawing.</summary>
    public static string Svg(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
