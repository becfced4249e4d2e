using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>Writes thousands of new records by COPY with what <see cref="SaveTrail"/> leaves behind one: their audit rows and search entries. The live bus is not told of each.</summary>
internal static class BulkInsert
{
    /// <summary>Writes the records in the open transaction of the context; none of them is tracked afterwards.</summary>
    /// <param name="now">time of the audit rows</param>
    public static async Task InsertAsync(this PortalDb db, IEnumerable<object> records, DateTimeOffset now, CancellationToken ct)
    {
        var actor = db.Actor ?? throw new InvalidOperationException("A context that saves must be opened for an actor.");
        var detecting = db.ChangeTracker.AutoDetectChangesEnabled;
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            var entries = records.Select(record => db.Add(record)).ToList<EntityEntry>();
            var trail = entries.Where(e => e.Metadata.IsAudited()).Select(e => (object)SaveTrail.AuditRow(e, actor, now))
                .Concat(entries.Select(e => e.Entity).OfType<ISearchable>().Select(SaveTrail.SearchRow)).ToList();
            entries.AddRange(trail.Select(row => db.Add(row)));
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            foreach (var ofType in entries.GroupBy(e => e.Metadata)) await CopyAsync(connection, ofType.Key, ofType, ct);
            foreach (var entry in entries) entry.State = EntityState.Detached;
        }
        finally
        {
            db.ChangeTracker.AutoDetectChangesEnabled = detecting;
        }
    }

    private static async Task CopyAsync(NpgsqlConnection connection, IEntityType type, IEnumerable<EntityEntry> entries, CancellationToken ct)
    {
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        // what the database sets is left to it
        var columns = type.GetProperties().Where(p => p.ValueGenerated == ValueGenerated.Never)
            .Select(p => (Property: p, Name: p.GetColumnName(table)!, Store: p.GetColumnType(table)!, p.GetTypeMapping().Converter)).ToArray();
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy \"{table.Schema}\".\"{table.Name}\" ({string.Join(", ", columns.Select(c => $"\"{c.Name}\""))}) from stdin (format binary)", ct);
        foreach (var entry in entries)
        {
            await copy.StartRowAsync(ct);
            foreach (var column in columns)
            {
                var value = entry.CurrentValues[column.Property];
                if (value is not null && column.Converter is { } converter) value = converter.ConvertToProvider(value);
                if (value is null) await copy.WriteNullAsync(ct);
                else await copy.WriteAsync(value, column.Store, ct);
            }
        }
        await copy.CompleteAsync(ct);
    }
}
