using Portal.Domain.Shared;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Engine;

/// <summary>How much room values take, roughly the characters of their JSON.</summary>
internal static class ValueSize
{
    // A state is stored as JSON, whose readers give up at a depth of 64.
    private const int MaxDepth = 40;

    /// <exception cref="RuleBrokenException"><c>process.variables-too-deep</c></exception>
    public static int Of(Value value, int depth = 0)
    {
        if (depth > MaxDepth) throw new RuleBrokenException("process.variables-too-deep", MaxDepth);
        return value switch
        {
            TextValue text => text.Text.Length + 2,
            ListValue list => list.Items.Sum(item => Of(item, depth + 1) + 1),
            ContextValue context => context.Entries.Sum(entry => entry.Key.Length + 4 + Of(entry.Value, depth + 1)),
            RangeValue => 80,
            _ => 20,
        };
    }
}
