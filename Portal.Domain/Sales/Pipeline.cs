using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>A way in which deals go from the first contact to the decision: stages in order. Won and lost are states of a deal, not stages.</summary>
public sealed class Pipeline
{
    private Pipeline() { }

    /// <summary>Founds a pipeline of the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public Pipeline(PipelineId id, string name, int position)
    {
        (Id, Position) = (id, position);
        Rename(name);
    }

    /// <summary>Founds a pipeline that a route map runs: its stages are those of the map, and so is its name unless it gets another.</summary>
    public static Pipeline RunBy(PipelineId id, string map, string? name, int position) =>
        new() { Id = id, Map = Required.Text(map, "pipeline.map", 80), Name = Required.Optional(name, "pipeline.name", 80), Position = position };

    public PipelineId Id { get; private set; }
    /// <summary>Null where it is called like its map.</summary>
    public string? Name { get; private set; }
    /// <summary>Key of the route map that runs it; null where people move its deals.</summary>
    public string? Map { get; private set; }
    /// <summary>Place among the pipelines, from 1.</summary>
    public int Position { get; private set; }
    /// <summary>True when no new deal may go there.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Gives it a name; one that a map runs may go without.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public void Rename(string? name) => Name = Map is null ? Required.Text(name, "pipeline.name", 80) : Required.Optional(name, "pipeline.name", 80);

    /// <summary>Puts it into its place among the pipelines.</summary>
    public void Place(int position) => Position = position;

    /// <summary>Lets no new deal go there; its deals stay.</summary>
    public void Archive() => Archived = true;

    /// <summary>Lets new deals go there again.</summary>
    public void Restore() => Archived = false;
}
