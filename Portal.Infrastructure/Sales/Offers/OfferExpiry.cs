using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>Lets offers run out whose last day has passed.</summary>
public sealed class OfferExpiry(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const int Portion = 100;

    /// <summary>How many have run out.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("offers"));
        var (today, now, count) = (await OfferDays.TodayAsync(db, time, ct), time.GetUtcNow(), 0);
        while (true)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            // who is answering just now is passed over, and found by the next round where he did not
            var due = await db.Set<Offer>().FromSql($"""
                select *, xmin from sales.offer where state in ('Issued', 'Sent', 'Read') and valid_until < {today} order by valid_until limit {Portion} for update skip locked
                """).ToListAsync(ct);
            foreach (var offer in due) offer.Expire(today, now);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            db.ChangeTracker.Clear();
            count += due.Count;
            if (due.Count < Portion) return count;
        }
    }
}
