using Portal.Domain.Shared;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Plans;

/// <summary>Sums as people type them and spreadsheets copy them.</summary>
internal static class PlanNumber
{
    /// <summary>A sum; nothing is 0.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.plan-unreadable</c></exception>
    public static decimal Read(string text) => string.IsNullOrWhiteSpace(text) ? 0 : TypedNumber.Read(text) ?? throw new RuleBrokenException("sales.plan-unreadable", text.Trim());
}
