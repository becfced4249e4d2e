using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Whoever was found to be another than the loser of a merge is another than its survivor too; nobody shall have to decide it again.</summary>
internal static class CarriedDecisions
{
    /// <summary>Lets what was decided about the loser hold for the survivor.</summary>
    public static async Task CarryAsync(PortalDb db, Merge merge, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        var (kind, survivor, loser) = (merge.Kind, merge.Survivor, merge.Loser);
        foreach (var decided in await db.Set<FoundPair>().Where(p => p.Kind == kind && p.State == FoundPairState.Different && (p.One == loser || p.Other == loser)).ToListAsync(ct))
        {
            var third = decided.One == loser ? decided.Other : decided.One;
            if (await db.Set<FoundPair>().FirstOrDefaultAsync(p => p.One == survivor && p.Other == third || p.One == third && p.Other == survivor, ct) is not { } there)
                db.Add(FoundPair.Carried(decided, survivor, third, merge.Id));
            else if (there.IsOpen)
            {
                there.Carry(decided, merge.Id);
                await DuplicateTasks.SettleAsync(db, there, now, actor, ct);
            }
        }
    }

    /// <summary>Leaves the decisions with the one about whom they were taken.</summary>
    public static async Task TakeBackAsync(PortalDb db, Guid merge, CancellationToken ct)
    {
        foreach (var pair in await db.Set<FoundPair>().Where(p => p.CarriedBy == merge).ToListAsync(ct))
        {
            if (pair.CarriedFrom is null) db.Remove(pair);
            else pair.Reopen();
        }
    }
}
