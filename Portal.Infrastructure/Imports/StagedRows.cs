using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Portal.Infrastructure.Imports;

/// <summary>A row as the check left it.</summary>
public sealed record StagedRow(int Line, string? Document, int Ordinal, string[] Fields, string? Refusal, string[] RefusalArgs);

/// <summary>What a check found in a file.</summary>
internal sealed record StagedCounts(int Rows, int Refused, int Repeated, int Known, Dictionary<string, int> Notes);

/// <summary>The checked rows of one run in the database, between check and apply.</summary>
internal sealed class StagedRows(NpgsqlConnection connection, Guid run)
{
    private const string Columns = "line, document, ordinal, fields, refusal, coalesce(refusal_args, '{}')";

    /// <summary>Forgets all rows.</summary>
    public Task ClearAsync(CancellationToken ct) => RunAsync("delete from imports.staged_row where run = $1", ct);

    /// <summary>Forgets the rows that were taken in; the refused ones stay for the report.</summary>
    public Task ClearAcceptedAsync(CancellationToken ct) => RunAsync("delete from imports.staged_row where run = $1 and refusal is null", ct);

    /// <summary>Adds checked rows; those of a document are numbered among themselves, and by <see cref="SettleAsync"/> across what is added at several times.</summary>
    public async Task AddAsync(IEnumerable<ImportRow> rows, CancellationToken ct)
    {
        var ordinals = new Dictionary<string, int>();
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy imports.staged_row (run, line, document, ordinal, fields, refusal, refusal_args, notes) from stdin (format binary)", ct);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(run, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(row.Line, NpgsqlDbType.Integer, ct);
            var document = row.Document is null ? null : Storable(row.Document);
            await WriteAsync(copy, document, ct);
            await copy.WriteAsync(document is null ? 1 : CollectionsMarshal.GetValueRefOrAddDefault(ordinals, document, out _) += 1, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(Array.ConvertAll(row.Fields, Storable), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
            await WriteAsync(copy, row.Refusal, ct);
            await WriteAsync(copy, row.Refusal is null ? null : Array.ConvertAll(row.RefusalArgs, Storable), ct);
            await WriteAsync(copy, row.Notes.Count == 0 ? null : row.Notes.ToArray(), ct);
        }
        await copy.CompleteAsync(ct);
    }

    /// <summary>Numbers the rows of each document in file order, and refuses documents of which a row is refused.</summary>
    public Task SettleAsync(CancellationToken ct) => PairAsync(ct,
        Command("""
            update imports.staged_row s set ordinal = o.n
            from (select line, row_number() over (partition by document order by line) n
                  from imports.staged_row where run = $1 and document is not null) o
            where s.run = $1 and s.line = o.line and o.n <> s.ordinal
            """),
        Command("""
            update imports.staged_row s set refusal = 'document-refused', refusal_args = array[r.line::text]
            from (select document, min(line) line from imports.staged_row
                  where run = $1 and refusal is not null and document is not null group by document) r
            where s.run = $1 and s.document = r.document and s.refusal is null
            """));

    /// <summary>Notes the rows that say something else than the first row of their document.</summary>
    public Task NoteDifferingAsync(string note, CancellationToken ct)
    {
        var command = Command("""
            update imports.staged_row s set notes = array_append(s.notes, $2)
            from (select line, ordinal, fields, first_value(fields) over (partition by document order by ordinal) first
                  from imports.staged_row where run = $1 and refusal is null) o
            where s.run = $1 and s.line = o.line and o.ordinal > 1 and o.fields <> o.first
            """);
        command.Parameters.Add(new() { Value = note });
        return PairAsync(ct, command);
    }

    // Rows that have just been copied have no statistics, and the planner would pair them one by one.
    private async Task PairAsync(CancellationToken ct, params NpgsqlCommand[] commands)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var hint = new NpgsqlCommand("set local enable_nestloop = off", connection)) await hint.ExecuteNonQueryAsync(ct);
        foreach (var command in commands)
            await using (command) await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Has all that follows on the connection join rows by hashing or sorting: of rows that have just been copied the planner knows nothing, and would pair hundreds of thousands one by one.</summary>
    public async Task ExpectManyAsync(CancellationToken ct)
    {
        await using var hint = new NpgsqlCommand("set enable_nestloop = off", connection);
        await hint.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Refuses all rows of a document.</summary>
    public async Task RefuseAsync(string document, string code, string[] args, CancellationToken ct)
    {
        await using var command = Command("update imports.staged_row set refusal = $3, refusal_args = $4 where run = $1 and document = $2 and refusal is null");
        command.Parameters.Add(new() { Value = document });
        command.Parameters.Add(new() { Value = code });
        command.Parameters.Add(new() { Value = args });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Refuses rows that passed the check and could no longer be taken in; their keys are free again.</summary>
    public async Task RefuseAsync(IReadOnlyCollection<ImportRow> rows, string source, CancellationToken ct)
    {
        if (rows.Count == 0) return;
        await using var command = Command("""
            with refused as (
                update imports.staged_row s set refusal = w.code, refusal_args = array(select jsonb_array_elements_text(w.args::jsonb))
                from unnest($2, $3, $4) w(line, code, args) where s.run = $1 and s.line = w.line returning s.document, s.ordinal)
            delete from imports.taken t using refused r where t.run = $1 and t.source = $5 and t.document = r.document and t.ordinal = r.ordinal
            """);
        var args = rows.Select(row => JsonSerializer.Serialize(Array.ConvertAll(row.RefusalArgs, Storable))).ToArray();
        foreach (var value in new object[] { rows.Select(row => row.Line).ToArray(), rows.Select(row => row.Refusal!).ToArray(), args, source }) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Counts everything; <paramref name="isKnown"/> is the kind's condition for a row taken in before.</summary>
    public async Task<StagedCounts> CountAsync(string isKnown, CancellationToken ct)
    {
        var notes = new Dictionary<string, int>();
        await using (var read = Command("select n, count(*)::int from imports.staged_row s, unnest(s.notes) n where s.run = $1 and s.refusal is null group by n"))
        await using (var rows = await read.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) notes[rows.GetString(0)] = rows.GetInt32(1);

        await using var count = Command($"""
            select count(*)::int, count(s.refusal)::int,
                   (count(*) filter (where s.refusal is null and s.ordinal > 1))::int,
                   (count(*) filter (where s.refusal is null and {isKnown}))::int
            from imports.staged_row s join imports.import_run r on r.id = s.run where s.run = $1
            """);
        await using var counted = await count.ExecuteReaderAsync(ct);
        await counted.ReadAsync(ct);
        return new StagedCounts(counted.GetInt32(0), counted.GetInt32(1), counted.GetInt32(2), counted.GetInt32(3), notes);
    }

    /// <summary>The next acceptable rows, in the order in which their documents begin in the file; never a part of a document.</summary>
    /// <param name="after">the line on which the last document taken in begins</param>
    public async Task<List<StagedRow>> NextAsync(int after, int about, CancellationToken ct)
    {
        // line by line through the keys: the planner knows nothing of rows that have just been copied
        await using var command = Command($"""
            select {Columns} from (
                select s.*, begins from (select line as begins, document as named from imports.staged_row where run = $1 and ordinal = 1 and refusal is null and line > $2 order by line limit {about}) d
                cross join lateral (select * from imports.staged_row s where s.run = $1 and s.document = d.named and s.refusal is null offset 0) s
                order by begins fetch first {about} rows with ties) next
            order by begins, ordinal
            """);
        command.Parameters.Add(new() { Value = after });
        return await ReadAsync(command, ct).ToListAsync(ct);
    }

    /// <summary>The first rows in file order, refused ones included.</summary>
    public IAsyncEnumerable<StagedRow> FirstAsync(int count, CancellationToken ct) =>
        ReadAsync(Command($"select {Columns} from imports.staged_row where run = $1 order by line limit {count}"), ct);

    /// <summary>All refused rows in file order.</summary>
    public IAsyncEnumerable<StagedRow> RefusedAsync(CancellationToken ct) =>
        ReadAsync(Command($"select {Columns} from imports.staged_row where run = $1 and refusal is not null order by line"), ct);

    /// <summary>How many rows were refused for which reason, most first; those about one of <paramref name="columns"/> by column, and where the file breaks off by line.</summary>
    public async Task<List<(string Reason, string? About, int Rows)>> ReasonsAsync(string[] columns, CancellationToken ct)
    {
        await using var command = Command("""
            select refusal, case when refusal = 'breaks-off' or refusal_args[1] = any($2) then refusal_args[1] end about, count(*)::int
            from imports.staged_row where run = $1 and refusal is not null group by refusal, about order by 3 desc, 1, 2
            """);
        command.Parameters.Add(new() { Value = columns });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var reasons = new List<(string, string?, int)>();
        while (await rows.ReadAsync(ct)) reasons.Add((rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetString(1), rows.GetInt32(2)));
        return reasons;
    }

    /// <summary>Claims the keys of rows under a source and gives back those nobody had claimed.</summary>
    public async Task<List<StagedRow>> ClaimAsync(string source, IReadOnlyList<StagedRow> rows, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = """
            insert into imports.taken (source, document, ordinal, run)
            select $1, d, o, $2 from unnest($3, $4) as t(d, o)
            on conflict do nothing returning document, ordinal
            """;
        command.Parameters.Add(new() { Value = source });
        command.Parameters.Add(new() { Value = run });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Document!).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Ordinal).ToArray() });
        var claimed = new HashSet<(string, int)>();
        await using (var read = await command.ExecuteReaderAsync(ct))
            while (await read.ReadAsync(ct)) claimed.Add((read.GetString(0), read.GetInt32(1)));
        return rows.Where(r => claimed.Contains((r.Document!, r.Ordinal))).ToList();
    }

    private static async IAsyncEnumerable<StagedRow> ReadAsync(NpgsqlCommand command, [EnumeratorCancellation] CancellationToken ct)
    {
        await using (command)
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
                yield return new StagedRow(rows.GetInt32(0), rows.IsDBNull(1) ? null : rows.GetString(1), rows.GetInt32(2),
                    rows.GetFieldValue<string[]>(3), rows.IsDBNull(4) ? null : rows.GetString(4), rows.GetFieldValue<string[]>(5));
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = run });
        return command;
    }

    private async Task RunAsync(string sql, CancellationToken ct)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, CancellationToken ct) => value switch
    {
        null => copy.WriteNullAsync(ct),
        string[] texts => copy.WriteAsync(texts, NpgsqlDbType.Array | NpgsqlDbType.Text, ct),
        _ => copy.WriteAsync((string)value, NpgsqlDbType.Text, ct),
    };

    // PostgreSQL cannot hold U+0000 in a text; the row is refused anyway where the field matters.
    private static string Storable(string text) => text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text;
}
