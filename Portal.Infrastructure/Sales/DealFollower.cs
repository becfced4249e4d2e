using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;
using Stage = Portal.Domain.Sales.Stage;

namespace Portal.Infrastructure.Sales;

/// <summary>
/// A deal that a process runs stands where the process stands: on the furthest funnel stage of its tokens, in the pipeline of its map. A process
/// whose map runs no pipeline moves no deal.
/// </summary>
internal static class DealFollower
{
    public static async Task FollowAsync(FollowedStep step, CancellationToken ct)
    {
        if (step.Status != InstanceStatus.Running || step.Stages.LastOrDefault(s => s.Probability > 0) is not { } furthest) return;
        var db = step.Database;
        if (await db.Set<Pipeline>().FirstOrDefaultAsync(p => p.Map == step.Map.Key && !p.Archived, ct) is not { } pipeline) return;
        var stage = await db.Set<Stage>().FirstOrDefaultAsync(s => s.Pipeline == pipeline.Id && s.Key == furthest.Key, ct);
        if (stage is null)
        {
            // drawn since somebody last looked at the pipeline
            stage = MapStages.Stage(pipeline.Id, furthest, MapStages.Of(step.Map).TakeWhile(s => s.Key != furthest.Key).Count() + 1);
            db.Add(stage);
            // the database looks at a deal's stage as the deal comes to it
            await db.SaveChangesAsync(ct);
        }
        stage.Restore();
        if (await DealChange.HoldAsync(db, new(step.About.Id), ct) is { State: DealState.Open } deal) deal.MoveTo(stage, step.Now.ToUniversalTime());
        await db.SaveOrExplainAsync(step.About, ct);
    }
}
