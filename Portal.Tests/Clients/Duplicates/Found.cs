using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Database;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Duplicates;

/// <summary>Pairs as a search would have found them.</summary>
internal static class Found
{
    public static async Task<Guid> PairAsync(WorkOffice office, ObjectKind kind, Guid one, Guid other, double score = 0.95)
    {
        await using var db = office.Open();
        return await PairAsync(db, office.Clock.GetUtcNow(), kind, one, other, score);
    }

    public static async Task<Guid> PairAsync(PortalDb db, DateTimeOffset now, ObjectKind kind, Guid one, Guid other, double score = 0.95)
    {
        var run = new DuplicateRun(Guid.CreateVersion7(), Actor.System("test"), now);
        run.End(DuplicateRunState.Completed, 0, 0, 0, now);
        db.Add(run);
        await db.SaveChangesAsync();
        var id = Guid.CreateVersion7();
        await db.Database.ExecuteSqlAsync($"""
            insert into clients.found_pair (id, kind, one, other, score, bits, reasons, band, state, run, found_at)
            values ({id}, {kind.ToString()}, {one}, {other}, {score}, 5, '[]', {(score >= 0.9 ? "Sure" : "Doubtful")}, 'Open', {run.Id}, {now})
            """);
        return id;
    }
}
