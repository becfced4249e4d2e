namespace Portal.Web.Shared;

/// <summary>What markup tells who does not see it.</summary>
internal static class Aria
{
    /// <summary>The value of <c>aria-pressed</c> and its like, which need a word where HTML needs none.</summary>
    public static string Pressed(bool yes) => yes ? "true" : "false";
}
