namespace Portal.Domain.Shared;

/// <summary>
/// A refusal: a rule of the business was about to be broken and nothing has been changed.
/// The code is the key of a localised text (<c>rule.&lt;code&gt;</c>), the arguments fill its places.
/// </summary>
public sealed class RuleBrokenException(string code, params object?[] args)
    : Exception($"{code}({string.Join(", ", args)})")
{
    /// <summary>Stable key of the rule, such as <c>dispatch.driver-off-shift</c>.</summary>
    public string Code { get; } = code;

    /// <summary>Values for the places of the localised text, in order.</summary>
    public IReadOnlyList<object?> Args { get; } = args;
}
