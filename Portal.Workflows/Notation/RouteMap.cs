using Portal.Domain.Shared;
using Portal.Workflows.Checks;

namespace Portal.Workflows.Notation;

/// <summary>A typed BPMN file: its processes, its drawing and what could not be read from it.</summary>
public sealed class RouteMap
{
    /// <summary>Id of the definitions element.</summary>
    public required string Id { get; init; }
    /// <summary>Every process of the file, in order.</summary>
    public required IReadOnlyList<ProcessMap> Processes { get; init; }
    /// <summary>Places of the elements on the drawing.</summary>
    public required Diagram Diagram { get; init; }
    /// <summary>What reading already found wrong; the publish check adds to it.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The process this file is about: the only one marked executable, or the only one.</summary>
    /// <exception cref="RuleBrokenException"><c>map.no-process</c>, <c>map.several-processes</c></exception>
    public ProcessMap Process
    {
        get
        {
            var candidates = Processes.Where(p => p.IsExecutable).ToList();
            if (candidates.Count == 0) candidates = [.. Processes.Where(p => p.Nodes.Count > 0)];
            return candidates.Count switch
            {
                1 => candidates[0],
                0 => throw new RuleBrokenException("map.no-process"),
                _ => throw new RuleBrokenException("map.several-processes", string.Join(", ", candidates.Select(p => p.Key))),
            };
        }
    }
}

/// <summary>A lane of a pool, which stands for the role that does what lies in it.</summary>
public sealed record Lane(string Id, LocalText Name, string Role, IReadOnlyList<string> Nodes);

/// <summary>A data object or data store the process names.</summary>
public sealed record DataNeed(string Id, string Name, bool IsStore);
