using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>
/// What every save leaves behind, in the same transaction: an audit row for each changed record, its search entry,
/// and the entry in the command log when the actor carries out an outside command; and, after the commit, the news on the live bus. Callers write none of this.
/// </summary>
internal sealed class SaveTrail(LiveChanges live, TimeProvider time) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    /// <summary>Columns whose values never reach the audit: secrets, and files and documents whose hash or sums tell that they changed.</summary>
    private static readonly HashSet<string> Secret = ["PasswordHash", "SecurityStamp", "ConcurrencyStamp", "SecretHash", "Version", "Xml", "Content"];

    /// <summary>Counters of sign-in: a guesser must not fill the audit with them; <c>AuditLog</c> notes the events.</summary>
    private static readonly HashSet<string> Counters = ["AccessFailedCount", "LastSignedInAt", "ConcurrencyStamp"];

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData data, InterceptionResult<int> result, CancellationToken ct = default)
    {
        if (data.Context is not PortalDb db) return result;
        db.ChangeTracker.DetectChanges();
        var entries = db.ChangeTracker.Entries()
            .Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            .Where(e => !IsCounting(e))
            .ToList();
        var audited = entries.Where(e => e.Metadata.IsAudited()).ToList();
        if (audited.Count > 0)
        {
            var actor = db.Actor ?? throw new InvalidOperationException("A context that saves must be opened for an actor.");
            foreach (var entry in audited) db.Add(AuditRow(entry, actor, time.GetUtcNow()));
        }
        if (audited.Count > 0 && db.Actor?.Command is { } command) db.Add(CommandRow.Done(command, db.Actor, time.GetUtcNow(), db.CommandResult));
        foreach (var entry in entries) await IndexAsync(db, entry, ct);
        db.Uncommitted.AddRange(entries.Select(e => News(e, db.Actor)).OfType<LiveChange>().Distinct());
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData data, int result, CancellationToken ct = default)
    {
        if (data.Context is PortalDb db && db.Database.CurrentTransaction is null) Publish(db);
        return ValueTask.FromResult(result);
    }

    public override Task SaveChangesFailedAsync(DbContextErrorEventData data, CancellationToken ct = default)
    {
        if (data.Context is PortalDb db) Forget(db);
        return Task.CompletedTask;
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData data, InterceptionResult<int> result) =>
        throw new NotSupportedException("Save asynchronously: a blocking save would hold a circuit.");

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData data, CancellationToken ct = default)
    {
        if (data.Context is PortalDb db) Publish(db);
        return Task.CompletedTask;
    }

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData data, CancellationToken ct = default)
    {
        if (data.Context is PortalDb db) Forget(db);
        return Task.CompletedTask;
    }

    private void Publish(PortalDb db)
    {
        if (db.Uncommitted.Count > 0) live.Publish(db.Uncommitted.ToArray());
        db.Uncommitted.Clear();
    }

    private static void Forget(PortalDb db)
    {
        db.Uncommitted.Clear();
        foreach (var row in db.ChangeTracker.Entries().Where(e => e.Entity is Database.AuditRow or CommandRow && e.State == EntityState.Added).ToList())
            row.State = EntityState.Detached;
    }

    /// <summary>The audit row of a changed record.</summary>
    internal static AuditRow AuditRow(EntityEntry entry, Actor actor, DateTimeOffset at)
    {
        var before = new JsonObject();
        var after = new JsonObject();
        Compare(entry.Properties, entry.ComplexProperties, "", before, after, entry.State);
        if (actor.ActsFor is { } absent) after["ActsFor"] = absent;
        return new AuditRow
        {
            At = at,
            UserId = actor.UserId,
            UserName = actor.Name,
            Origin = actor.Origin,
            ObjectKind = entry.Metadata.NameInAudit(),
            ObjectId = Key(entry),
            Action = entry.State switch { EntityState.Added => "added", EntityState.Deleted => "removed", _ => "changed" },
            Before = entry.State == EntityState.Added ? null : before.ToJsonString(),
            After = entry.State == EntityState.Deleted ? null : after.ToJsonString(),
        };
    }

    /// <summary>The search entry of a new record.</summary>
    internal static SearchRow SearchRow(ISearchable record)
    {
        var found = record.Describe();
        return new() { Kind = found.Object.Kind, ObjectId = found.Object.Id, Title = found.Title, Text = found.Text.Trim(), Partner = found.Partner };
    }

    private static bool IsCounting(EntityEntry entry)
    {
        if (entry.State != EntityState.Modified || entry.ComplexProperties.Any(p => p.IsModified)) return false;
        var changed = entry.Properties.Where(p => p.IsModified && !Equals(p.OriginalValue, p.CurrentValue)).Select(p => p.Metadata.Name).ToList();
        return changed.Count > 0 && changed.All(Counters.Contains);
    }

    private static void Compare(IEnumerable<PropertyEntry> properties, IEnumerable<ComplexPropertyEntry> complex, string prefix, JsonObject before, JsonObject after, EntityState state)
    {
        foreach (var property in properties)
        {
            if (Secret.Contains(property.Metadata.Name)) continue;
            if (state == EntityState.Modified && !property.IsModified) continue;
            if (state != EntityState.Added) before[prefix + property.Metadata.Name] = Json(property.Metadata, property.OriginalValue);
            if (state != EntityState.Deleted) after[prefix + property.Metadata.Name] = Json(property.Metadata, property.CurrentValue);
        }
        foreach (var inner in complex) Compare(inner.Properties, inner.ComplexProperties, $"{prefix}{inner.Metadata.Name}.", before, after, state);
    }

    private static JsonNode? Json(IProperty property, object? value)
    {
        if (value is not null && property.GetTypeMapping().Converter is { } converter) value = converter.ConvertToProvider(value);
        return JsonSerializer.SerializeToNode(value);
    }

    private static Guid Key(EntityEntry entry)
    {
        var part = entry.Metadata.FindPrimaryKey()!.Properties.FirstOrDefault(p => Raw(entry, p) is Guid);
        return part is null ? Guid.Empty : (Guid)Raw(entry, part)!;
    }

    private static object? Raw(EntityEntry entry, IProperty property)
    {
        var value = entry.Property(property).CurrentValue;
        return value is not null && property.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value;
    }

    private static LiveChange? News(EntityEntry entry, Actor? actor)
    {
        ObjectRef? changed = entry.Metadata.FindKind() is { } kind ? new(kind, Key(entry))
            : entry.Metadata.FindWhole() is var (whole, key) ? new(whole, (Guid)Raw(entry, entry.Metadata.FindProperty(key)!)!)
            : null;
        return changed is { } of ? new(of, (entry.Entity as ISearchable)?.Describe().Partner, actor?.UserId ?? Guid.Empty, actor?.Name ?? "") : null;
    }

    private static async Task IndexAsync(PortalDb db, EntityEntry entry, CancellationToken ct)
    {
        if (entry.Entity is not ISearchable searchable) return;
        var found = searchable.Describe();
        if (entry.State == EntityState.Deleted)
        {
            foreach (var gone in await db.Set<SearchRow>().Where(r => r.Kind == found.Object.Kind && r.ObjectId == found.Object.Id).ToListAsync(ct)) db.Remove(gone);
            return;
        }
        var row = entry.State == EntityState.Added ? null : await db.Set<SearchRow>().FindAsync([found.Object.Kind, found.Object.Id], ct);
        if (row is null)
        {
            db.Add(SearchRow(searchable));
            return;
        }
        row.Title = found.Title;
        row.Text = found.Text.Trim();
        row.Partner = found.Partner;
    }
}
