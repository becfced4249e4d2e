using Portal.Domain.Claims;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Sales;
using Portal.Web.Shared;

namespace Portal.Web.Claims;

/// <summary>Claims in the reader's words.</summary>
internal static class ClaimWords
{
    /// <summary>The colour of a state.</summary>
    public static string? Tone(ClaimState state) => state switch { ClaimState.Closed => "good", ClaimState.Withdrawn => null, ClaimState.Registered => "warn", _ => null };

    /// <summary>The colour of what became of the client.</summary>
    public static string Tone(ClaimResult result) => result switch { ClaimResult.Lost => "bad", _ => "good" };

    /// <summary>The colour of an incident's state.</summary>
    public static string? Tone(IncidentState state) => state switch { IncidentState.Open => "bad", IncidentState.Acknowledged => "warn", _ => "good" };

    /// <summary>The name of a cause: the company's own, or the product's in the reader's language.</summary>
    public static string Cause(this Texts texts, CauseTerm? cause) => cause is null ? texts["claims.no-cause"] : cause.Name ?? (texts.Has($"claimCause.{cause.Key}") ? texts[$"claimCause.{cause.Key}"] : cause.Key);

    /// <summary>The name of a cause with those above it.</summary>
    public static string CausePath(this Texts texts, ClaimTerms terms, ClaimCauseId? id)
    {
        if (terms.Cause(id) is not { } cause) return texts["claims.no-cause"];
        List<string> names = [texts.Cause(cause)];
        for (var above = terms.Cause(cause.Parent); above is not null && names.Count < ClaimCause.MostLevels; above = terms.Cause(above.Parent)) names.Insert(0, texts.Cause(above));
        return string.Join(" › ", names);
    }

    /// <summary>The name of a step: the company's own, or the product's in the reader's language.</summary>
    public static string Step(this Texts texts, SalesTerm? step) => step is null ? texts["claims.no-step"] : step.Name ?? (texts.Has($"claimStep.{step.Key}") ? texts[$"claimStep.{step.Key}"] : step.Key);
}
