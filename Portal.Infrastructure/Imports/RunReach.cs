using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>The wall around runs: what a check tells of clients was found by the reach of whoever brought the file.</summary>
internal static class RunReach
{
    /// <summary>All runs for whose rights reach all branches, for others those that they have begun themselves. Any other does not exist for them.</summary>
    public static IQueryable<ImportRun> WithinReachOf(this IQueryable<ImportRun> runs, Actor actor) =>
        actor.OnlyBranch() is null ? runs : runs.Where(run => run.ByUser == actor.UserId);
}
