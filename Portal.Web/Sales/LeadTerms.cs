using Portal.Domain.Sales.Leads;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Web.Shared;

namespace Portal.Web.Sales;

/// <summary>What is said of leads, for people.</summary>
internal static class LeadTerms
{
    /// <summary>The name of a stream.</summary>
    public static string Stream(this Texts texts, SalesTerm term) => term.Name ?? (texts.Has($"stream.{term.Key}") ? texts[$"stream.{term.Key}"] : term.Key);

    /// <summary>A next step: people's words, or what the product calls its first.</summary>
    public static string? Step(this Texts texts, string? step) => step == LeadSteps.GetInTouch ? texts["lead.step.get-in-touch"] : step;

    /// <summary>A signal with what it rests on.</summary>
    public static string Sign(this Texts texts, LeadSign sign) => sign is { Signal: LeadSignal.StepOverdue, Count: 0 } ? texts["lead.step-today"] : texts.Count($"leadSignal.{sign.Signal}", sign.Count);
}
