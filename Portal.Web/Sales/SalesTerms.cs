using Portal.Infrastructure.Sales;
using Portal.Web.Shared;

namespace Portal.Web.Sales;

/// <summary>Names of sources and loss reasons for people: those that come with the product in the reader's language, own ones as they were typed.</summary>
internal static class SalesTerms
{
    /// <summary>The name of where clients come from.</summary>
    public static string Source(this Texts texts, SalesTerm term) => term.Name ?? (texts.Has($"source.{term.Key}") ? texts[$"source.{term.Key}"] : term.Key);

    /// <summary>The name of why deals are lost.</summary>
    public static string Loss(this Texts texts, SalesTerm term) => term.Name ?? (texts.Has($"loss.{term.Key}") ? texts[$"loss.{term.Key}"] : term.Key);
}
