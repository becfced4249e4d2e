using Portal.Domain.Shared;

namespace Portal.Workflows.Checks;

/// <summary>Something wrong with a map, named by its element. The code is the key of a localised text (<c>rule.&lt;code&gt;</c>).</summary>
/// <param name="Code">such as <c>map.unsupported-element</c></param>
/// <param name="ElementId">id of the element, for marking it on the map</param>
/// <param name="ElementName">what a person calls it: its name, or its id</param>
/// <param name="Args">values for the text, the element's name first</param>
/// <param name="IsWarning">worth a look, but no reason to refuse</param>
public sealed record Finding(string Code, string? ElementId, string ElementName, IReadOnlyList<object?> Args, bool IsWarning = false)
{
    /// <summary>A reason to refuse the map.</summary>
    public static Finding Of(string code, string? id, string name, params object?[] more) => new(code, id, name, [name, .. more]);

    /// <summary>What the engine refused; its refusals name the element first.</summary>
    public static Finding Of(RuleBrokenException refusal) => new(refusal.Code, null, $"{refusal.Args.FirstOrDefault()}", refusal.Args);
}
