using Portal.Domain.Sales;
using Portal.Infrastructure.Processes;
using Drawn = Portal.Workflows.Notation.Stage;

namespace Portal.Infrastructure.Sales;

/// <summary>What the stages of a route map are for deals.</summary>
internal static class MapStages
{
    /// <summary>Stages of a map on which a deal is still open: where nothing can be won any more, the deal is as good as lost and stands where it stood.</summary>
    public static IReadOnlyList<Drawn> Of(PublishedMap map) => [.. map.Stages.Where(s => s.Probability > 0)];

    /// <summary>A stage of the map for a pipeline.</summary>
    public static Stage Stage(PipelineId pipeline, Drawn drawn, int position) => new(StageId.New(), pipeline, drawn.Key, drawn.Name.Default, position, drawn.Probability, null);
}
