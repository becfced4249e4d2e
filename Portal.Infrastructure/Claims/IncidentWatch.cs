using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Claims;

/// <summary>News of an incident for one of those who look after quality.</summary>
public sealed record IncidentNews(ClaimIncidentId Incident, Guid User);

/// <summary>Looks whether a cause repeats itself about the same product, driver, warehouse or route, in the transaction that names the cause.</summary>
internal static class IncidentWatch
{
    /// <summary>Raises what has come often enough, or counts it on what is raised already.</summary>
    public static async Task LookAsync(PortalDb db, Claim claim, DateTimeOffset now, CancellationToken ct)
    {
        if (claim.Cause is not { } cause || claim.State == ClaimState.Withdrawn) return;
        var rules = await ClaimWork.RulesAsync(db, ct);
        var since = now.AddDays(-rules.RepeatDays);
        if (claim.ReceivedAt < since) return;
        // of two claims of one cause the second waits here until it sees the first
        await db.TakeTurnAsync($"claims.incident.{cause.Value}", ct);
        var alike = db.Set<Claim>().Where(c => c.Id != claim.Id && c.Cause == cause && c.State != ClaimState.Withdrawn && c.ReceivedAt >= since);
        if (claim.Product is { } product) await CountAsync(ClaimDimension.Product, product.Value.ToString(), alike.Where(c => c.Product == product), () => db.Set<Product>().Where(p => p.Id == product).Select(p => p.Name).FirstAsync(ct));
        if (claim.Driver is { } driver) await CountAsync(ClaimDimension.Driver, driver.Value.ToString(), alike.Where(c => c.Driver == driver), () => db.Set<Driver>().Where(d => d.Id == driver).Select(d => d.Name).FirstAsync(ct));
        if (claim.Warehouse is { } warehouse) await CountAsync(ClaimDimension.Warehouse, warehouse.Value.ToString(), alike.Where(c => c.Warehouse == warehouse), () => db.Set<Warehouse>().Where(w => w.Id == warehouse).Select(w => w.Name).FirstAsync(ct));
        if (claim.Route is { } route) await CountAsync(ClaimDimension.Route, route, alike.Where(c => c.Route == route), () => Task.FromResult(route));

        async Task CountAsync(ClaimDimension dimension, string about, IQueryable<Claim> others, Func<Task<string>> name)
        {
            var count = 1 + await others.CountAsync(ct);
            if (await db.Set<ClaimIncident>().FirstOrDefaultAsync(i => i.Cause == cause && i.Dimension == dimension && i.About == about && i.State != IncidentState.Closed, ct) is { } raised) raised.Repeat(count, now);
            else if (count >= rules.RepeatCount)
            {
                var incident = new ClaimIncident(ClaimIncidentId.New(), cause, dimension, about, await name(), count, rules.RepeatDays, now);
                db.Add(incident);
                foreach (var user in await db.Set<PortalUser>().OfStaff().Holding(Permissions.ClaimsDecide, db).OrderBy(u => u.Id).Select(u => u.Id).ToListAsync(ct))
                    await db.AddOutboxAsync(new($"claim-incident:{incident.Id.Value}:{user}", IncidentDesk.NewsKind, JsonSerializer.SerializeToUtf8Bytes(new IncidentNews(incident.Id, user))), now, ct);
            }
        }
    }
}
