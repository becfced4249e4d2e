namespace Portal.Workflows.Engine;

/// <summary>How much one instance may do and hold.</summary>
/// <param name="NodeSteps">nodes entered in one step before the rest goes to a job</param>
/// <param name="Continuations">such jobs in a row before it counts as an endless loop</param>
/// <param name="Tokens">tokens at one time</param>
/// <param name="Iterations">iterations of one repeated activity</param>
/// <param name="CallDepth">calls within calls</param>
/// <param name="VariableSize">characters of all variables of one scope, as JSON</param>
public sealed record EngineLimits(
    int NodeSteps = 1_000, int Continuations = 100, int Tokens = 5_000, int Iterations = 1_000, int CallDepth = 30, int VariableSize = 1_000_000)
{
    /// <summary>The limits used where none are given.</summary>
    public static readonly EngineLimits Default = new();
}
