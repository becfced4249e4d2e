using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>How often past tokens took which way out of the decisions of a map.</summary>
/// <param name="Left">how often tokens left a node</param>
/// <param name="Taken">how often they went on to which node from it</param>
public sealed record PastWays(IReadOnlyDictionary<string, int> Left, IReadOnlyDictionary<(string From, string To), int> Taken)
{
    /// <summary>As often tokens must have left a decision before it is judged by them.</summary>
    public const int Enough = 20;

    /// <summary>Nothing is known.</summary>
    public static readonly PastWays None = new(new Dictionary<string, int>(), new Dictionary<(string, string), int>());

    /// <summary>
    /// The part of tokens that takes each way on, in the order of the ways; null where too few were seen. Ways back into a loop are not among
    /// them: where only one way is taken, the parts add up to 1.
    /// </summary>
    public IReadOnlyList<decimal>? Shares(FlowNode decision, IReadOnlyList<string> ways)
    {
        if (Left.GetValueOrDefault(decision.Id) is var left && left < Enough) return null;
        var taken = ways.Select(to => Taken.GetValueOrDefault((decision.Id, to))).ToList();
        var all = decision is InclusiveGateway ? left : taken.Sum();
        return all < Enough ? null : [.. taken.Select(count => Math.Min(1, (decimal)count / all))];
    }
}
