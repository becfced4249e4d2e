using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Database;

/// <summary>An entry of the outbox as it stands in the table.</summary>
public sealed class OutboxRow
{
    public long Id { get; init; }
    public string Key { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Body { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset DueAt { get; init; }
    public int Attempts { get; init; }
    public string? LastError { get; init; }
    public DateTimeOffset? DoneAt { get; init; }
    public DateTimeOffset? LockedUntil { get; init; }
    public string? LockedBy { get; init; }
    public DateTimeOffset? SetAsideAt { get; init; }
    public string? Retry { get; init; }
}

internal sealed class OutboxMapping : IEntityTypeConfiguration<OutboxRow>
{
    public void Configure(EntityTypeBuilder<OutboxRow> entity)
    {
        entity.InSchema("core", "outbox").NotAudited().HasWall(Wall.Internal);
        entity.Property(r => r.Body).HasColumnType("jsonb");
    }
}

/// <summary>An entry that failed for the last time, or still fails.</summary>
public sealed record OutboxLine(long Id, string Key, string Kind, DateTimeOffset CreatedAt, int Attempts, string? LastError, DateTimeOffset? SetAsideAt, DateTimeOffset NextTry);

/// <summary>What failed on its way out: seen and tried again by an administrator.</summary>
public sealed class OutboxDesk(IDbContextFactory<PortalDb> contexts, WorkHints hints, TimeProvider time)
{
    /// <summary>Entries that were set aside or have failed at least once, set aside first.</summary>
    public async Task<PageOf<OutboxLine>> FailedAsync(Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OutboxManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = db.Set<OutboxRow>().AsNoTracking().Where(r => r.DoneAt == null && (r.SetAsideAt != null || r.LastError != null));
        var page = await rows.OrderByDescending(r => r.SetAsideAt != null).ThenByDescending(r => r.SetAsideAt).ThenBy(r => r.DueAt).Skip(slice.From).Take(slice.Count)
            .Select(r => new OutboxLine(r.Id, r.Key, r.Kind, r.CreatedAt, r.Attempts, r.LastError, r.SetAsideAt, r.DueAt)).ToListAsync(ct);
        // what a mail server answers names whom it did not reach
        if (actor.Hidden.HasFlag(ConfidentialFields.Mails)) page = page.ConvertAll(line => line.Kind == ClientLetters.Kind ? line with { Key = "", LastError = null } : line);
        return new(page, await rows.CountAsync(ct));
    }

    /// <summary>Tries entries anew, with all their tries before them. Says how many.</summary>
    public async Task<int> RetryAsync(IReadOnlyCollection<long> ids, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OutboxManage);
        var now = time.GetUtcNow();
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var retried = await db.Set<OutboxRow>().Where(r => ids.Contains(r.Id) && r.DoneAt == null)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.SetAsideAt, (DateTimeOffset?)null).SetProperty(x => x.Attempts, 0).SetProperty(x => x.DueAt, now), ct);
        db.Add(new AuditRow
        {
            At = now, UserId = actor.UserId, UserName = actor.Name, Origin = actor.Origin, ObjectKind = nameof(ObjectKind.Setting), Action = "event",
            After = JsonSerializer.Serialize(new { What = AuditEvents.OutboxRetried, About = string.Join(", ", ids) }),
        });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        hints.Poke();
        return retried;
    }
}
