using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Portal.Domain.Clients;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Reads from a context what it is about to change, and puts it back later.</summary>
internal static class FieldChanges
{
    /// <summary>Fields of the records that are about to be saved, and the records that are new.</summary>
    public static List<FieldChange> Of(PortalDb db)
    {
        db.ChangeTracker.DetectChanges();
        var changes = new List<FieldChange>();
        foreach (var entry in db.ChangeTracker.Entries().Where(e => References.Mergeable.Values.Contains(KeyType(e)) || e.Entity is ContactRole or ContactPoint))
        {
            if (entry.State == EntityState.Added) changes.Add(new(entry.Metadata.ClrType.Name, IdOf(entry), null, null, null));
            if (entry.State != EntityState.Modified) continue;
            changes.AddRange(entry.Properties.Where(p => p.IsModified && !Equals(p.OriginalValue, p.CurrentValue))
                .Select(p => new FieldChange(entry.Metadata.ClrType.Name, IdOf(entry), p.Metadata.Name, Kept(p.Metadata, p.OriginalValue), Kept(p.Metadata, p.CurrentValue))));
        }
        return changes;
    }

    /// <summary>Puts the fields back that still hold what the merge wrote, and takes away what it made, where it is as it was.</summary>
    /// <returns>names of the fields that somebody has changed since, that of the place in a network where there is no room any more, and kinds of records that somebody has replaced or taken away</returns>
    public static async Task<List<string>> TakeBackAsync(PortalDb db, IReadOnlyList<FieldChange> changes, CancellationToken ct)
    {
        var kept = new List<string>();
        foreach (var change in changes)
        {
            var type = db.Model.GetEntityTypes().Single(e => e.ClrType.Name == change.Entity);
            var record = await db.FindAsync(type.ClrType, [Key(type, change.Id)], ct);
            if (record is null)
            {
                // what the merge made and somebody has put something else in its place of, such as a number corrected since
                if (change.Property is null) kept.Add(change.Entity);
                continue;
            }
            if (change.Property is null)
            {
                db.Remove(record);
                continue;
            }
            var property = db.Entry(record).Property(change.Property);
            var before = Value(property.Metadata, change.Before);
            if (JsonNode.DeepEquals(Kept(property.Metadata, property.CurrentValue), change.After) && await HasRoomAsync(db, record, change.Property, before, ct)) property.CurrentValue = before;
            else kept.Add($"{change.Entity}.{change.Property}");
        }
        return kept;
    }

    private static async Task<bool> HasRoomAsync(PortalDb db, object record, string property, object? above, CancellationToken ct) => property != nameof(Partner.Parent) || (record, above) switch
    {
        (Partner partner, PartnerId head) => (await NetworkPlace.WithRoomAsync(db, [partner.Id], head, ct)).Count > 0,
        (Counterparty entity, CounterpartyId head) => !await CounterpartyRegistry.LeadsToAsync(db, head, entity.Id, ct),
        _ => true,
    };

    private static Type? KeyType(EntityEntry entry) => entry.Metadata.FindPrimaryKey()?.Properties is [{ } only] ? only.ClrType : null;

    private static Guid IdOf(EntityEntry entry)
    {
        var key = entry.Metadata.FindPrimaryKey()!.Properties[0];
        var value = entry.Property(key).CurrentValue!;
        return value is Guid plain ? plain : (Guid)key.GetTypeMapping().Converter!.ConvertToProvider(value)!;
    }

    private static object Key(IEntityType type, Guid id)
    {
        var key = type.FindPrimaryKey()!.Properties[0];
        return key.GetTypeMapping().Converter is { } converter ? converter.ConvertFromProvider(id)! : id;
    }

    private static JsonNode? Kept(IProperty property, object? value)
    {
        if (value is not null && property.GetTypeMapping().Converter is { } converter) value = converter.ConvertToProvider(value);
        return JsonNode.Parse(JsonSerializer.Serialize(value));
    }

    private static object? Value(IProperty property, JsonNode? kept)
    {
        if (kept is null) return null;
        var converter = property.GetTypeMapping().Converter;
        var stored = kept.Deserialize(converter?.ProviderClrType ?? property.ClrType);
        return converter is null || stored is null ? stored : converter.ConvertFromProvider(stored);
    }
}
