using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>Changes to prices that look at one another before they are saved: names, circles, places.</summary>
internal static class PricingTurn
{
    /// <summary>Does a job of whoever may change prices, one after the other of its turn.</summary>
    /// <param name="about">what is changed, to be named where somebody else was first</param>
    public static async Task InTurnAsync(this IDbContextFactory<PortalDb> contexts, string turn, ObjectRef about, Actor actor, Func<PortalDb, Task> job, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync(turn, ct);
        await job(db);
        await db.SaveOrExplainAsync(about, ct);
        await transaction.CommitAsync(ct);
    }
}
