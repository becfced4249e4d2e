using Microsoft.EntityFrameworkCore;
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
        var all = records.ToList();
        var trail = new List<object>();
        var detecting = db.ChangeTracker.AutoDetectChangesEnabled;
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            // only what is audited is tracked, and for as long as its audit row is made
            foreach (var record in all.Where(r => TypeOf(db, r).IsAudited()))
            {
                var entry = db.Add(record);
                trail.Add(SaveTrail.AuditRow(entry, actor, now));
                entry.State = EntityState.Detached;
            }
        }
        finally
        {
            db.ChangeTracker.AutoDetectChangesEnabled = detecting;
        }
        trail.AddRange(all.OfType<ISearchable>().Select(SaveTrail.SearchRow));
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        foreach (var ofType in all.Concat(trail).GroupBy(r => r.GetType())) await CopyAsync(connection, TypeOf(db, ofType.First()), ofType, ct);
    }

    private static IEntityType TypeOf(PortalDb db, object record) => db.Model.FindEntityType(record.GetType()) ?? throw new InvalidOperationException($"{record.GetType()} has no table.");

    private static async Task CopyAsync(NpgsqlConnection connection, IEntityType type, IEnumerable<object> records, CancellationToken ct)
    {
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        // what the database sets is left to it
        var columns = type.GetProperties().Where(p => p.ValueGenerated == ValueGenerated.Never)
            .Select(p => (Read: p.GetGetter(), Name: p.GetColumnName(table)!, Store: p.GetColumnType(table)!.Split('(')[0], p.GetTypeMapping().Converter)).ToArray();
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy \"{table.Schema}\".\"{table.Name}\" ({string.Join(", ", columns.Select(c => $"\"{c.Name}\""))}) from stdin (format binary)", ct);
        foreach (var record in records)
        {
            await copy.StartRowAsync(ct);
            foreach (var column in columns)
            {
                var value = column.Read.GetClrValueUsingContainingEntity(record);
                if (value is not null && column.Converter is { } converter) value = converter.ConvertToProvider(value);
                if (value is null) await copy.WriteNullAsync(ct);
                else await copy.WriteAsync(value, column.Store, ct);
            }
        }
        await copy.CompleteAsync(ct);
    }
}
