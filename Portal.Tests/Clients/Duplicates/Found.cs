using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Duplicates;

/// <summary>Pairs as a search would have found them.</summary>
internal static class Found
{
    public static async Task<Guid> PairAsync(WorkOffice office, ObjectKind kind, Guid one, Guid other, double score = 0.95)
    {
        await using var db = office.Open();
        var run = new DuplicateRun(Guid.CreateVersion7(), Actor.System("test"), office.Clock.GetUtcNow());
        run.End(DuplicateRunState.Completed, 0, 0, 0, office.Clock.GetUtcNow());
        db.Add(run);
        await db.SaveChangesAsync();
        var id = Guid.CreateVersion7();
        await db.Database.ExecuteSqlAsync($"""
            insert into clients.found_pair (id, kind, one, other, score, bits, reasons, band, state, run, found_at)
            values ({id}, {kind.ToString()}, {one}, {other}, {score}, 5, '[]', {(score >= 0.9 ? "Sure" : "Doubtful")}, 'Open', {run.Id}, {office.Clock.GetUtcNow()})
            """);
        return id;
    }
}
