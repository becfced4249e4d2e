using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>
/// Lets rows that point to one record point to another, in the caller's transaction and in one statement a column, however many there are;
/// and writes for them what a save would have written: audit, search, news.
/// </summary>
internal sealed class ReferenceMoves(PortalDb db, DateTimeOffset now)
{
    private const int MostNews = 500;

    private NpgsqlConnection Connection => (NpgsqlConnection)db.Database.GetDbConnection();

    /// <summary>Moves all references from one record to another. A row that the other has already, by a unique index, stays where it is.</summary>
    public async Task<IReadOnlyList<MergeMove>> MoveAllAsync(Guid merge, ObjectKind kind, Guid from, Guid to, CancellationToken ct)
    {
        var moves = new List<MergeMove>();
        foreach (var reference in await AllAsync(kind, ct))
            if (await MoveAsync(reference, kind, from, to, null, ct) is { Count: > 0 } keys)
                moves.Add(new() { Id = Guid.CreateVersion7(), Merge = merge, Kind = kind, Entity = reference.Name, Property = reference.Property, Source = from.ToString(), Target = to.ToString(), Keys = KeysOf(keys) });
        await RekeySearchAsync(kind, from, to, ct);
        await RekeyProcessesAsync(kind, from, to, ct);
        return moves;
    }

    /// <summary>Puts rows back that a merge moved, as far as they still point to where it moved them, and there is room for them in the network.</summary>
    /// <returns>rows that stay where they are</returns>
    public async Task<int> MoveBackAsync(MergeMove move, CancellationToken ct)
    {
        var kind = move.Kind;
        var reference = (await AllAsync(kind, ct)).Single(r => r.Name == move.Entity && r.Property == move.Property);
        var wanted = JsonDocument.Parse(move.Keys).RootElement.GetArrayLength();
        var (from, to) = (Guid.Parse(move.Target), Guid.Parse(move.Source));
        var back = await MoveAsync(reference, kind, from, to, await WithRoomAsync(move, ct), ct);
        if (kind == ObjectKind.Partner && back.Count > 0 && reference.Told?.FindKind() is { } moved)
        {
            var ids = back.Select(key => JsonSerializer.Deserialize<Guid[]>(key)![0]).ToArray();
            await db.Database.ExecuteSqlAsync($"update core.search_entry set partner = {to} where partner = {from} and kind = {moved.ToString()} and object_id = any({ids})", ct);
        }
        await RekeyProcessesAsync(kind, from, to, ct);
        return wanted - back.Count;
    }

    // who was put below a member of its own branch since, or so that it would stand too deep, does not go back above it
    private async Task<string> WithRoomAsync(MergeMove move, CancellationToken ct)
    {
        if (move is not { Entity: nameof(Partner) or nameof(Counterparty), Property: nameof(Partner.Parent) }) return move.Keys;
        var (below, above) = (JsonSerializer.Deserialize<List<Guid[]>>(move.Keys)!.ConvertAll(key => key[0]), Guid.Parse(move.Source));
        List<Guid> room = [];
        if (move.Entity == nameof(Partner)) room.AddRange((await NetworkPlace.WithRoomAsync(db, below.ConvertAll(id => new PartnerId(id)), new(above), ct)).Select(p => p.Value));
        else
            foreach (var entity in below)
                if (!await CounterpartyRegistry.LeadsToAsync(db, new(above), new(entity), ct)) room.Add(entity);
        return JsonSerializer.Serialize(room.Select(id => new[] { id }));
    }

    private async Task<List<Reference>> AllAsync(ObjectKind kind, CancellationToken ct) =>
        [.. References.To(kind, db.Model), .. await References.OfTablesAsync(kind, db.Model, Connection, ct)];

    private static string KeysOf(List<string> keys) => $"[{string.Join(',', keys)}]";

    private async Task<List<string>> MoveAsync(Reference reference, ObjectKind kind, Guid from, Guid to, string? only, CancellationToken ct)
    {
        var key = string.Join(", ", reference.Key.Select(name => $"\"{name}\""));
        var about = reference.About is { } column ? $" and \"{column}\" = '{kind}'" : "";
        var chosen = only is null ? "" : $" and jsonb_build_array({key}) in (select jsonb_array_elements($3))";
        var guards = string.Concat((await UniqueAsync(reference, ct)).Select(index => Guard(reference, index, key, about)));
        await using var command = Connection.CreateCommand();
        command.CommandText = $"update {reference.Table} set \"{reference.Column}\" = $2 where \"{reference.Column}\" = $1{about}{chosen}{guards} returning jsonb_build_array({key})::text";
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        if (only is not null) command.Parameters.Add(new() { Value = only, NpgsqlDbType = NpgsqlDbType.Jsonb });
        var keys = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) keys.Add(reader.GetString(0));
        if (keys.Count > 0 && reference.Told is { } entity) await TellAsync(entity, reference.Property, keys, from, to, ct);
        return keys;
    }

    // rows whose other columns of the index the target has already
    private static string Guard(Reference reference, (IReadOnlyList<string> Others, string? Where) index, string key, string about)
    {
        var within = index.Where is null ? about : $"{about} and ({index.Where})";
        if (index.Others.Count == 0) return $" and not exists (select from {reference.Table} where \"{reference.Column}\" = $2{within})";
        var others = string.Join(", ", index.Others);
        return $" and ({key}) not in (select {key} from {reference.Table} where \"{reference.Column}\" = $1{within} and ({others}) in (select {others} from {reference.Table} where \"{reference.Column}\" = $2{within}))";
    }

    private async Task<List<(IReadOnlyList<string> Others, string? Where)>> UniqueAsync(Reference reference, CancellationToken ct)
    {
        await using var command = Connection.CreateCommand();
        command.CommandText = """
            select array(select pg_get_indexdef(i.indexrelid, k, true) from generate_series(1, i.indnkeyatts) k), pg_get_expr(i.indpred, i.indrelid)
            from pg_index i where i.indrelid = $1::regclass and i.indisunique
            """;
        command.Parameters.Add(new() { Value = reference.Table });
        var found = new List<(IReadOnlyList<string>, string?)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var columns = reader.GetFieldValue<string[]>(0);
            if (columns.Any(c => c.Trim('"') == reference.Column))
                found.Add(([.. columns.Where(c => c.Trim('"') != reference.Column && c != reference.About)], reader.IsDBNull(1) ? null : reader.GetString(1)));
        }
        return found;
    }

    private async Task TellAsync(IEntityType entity, string property, List<string> keys, Guid from, Guid to, CancellationToken ct)
    {
        var actor = db.Actor!;
        if (entity.FindKind() is { } kind)
            foreach (var key in keys.Take(MostNews)) db.Uncommitted.Add(new(new(kind, JsonSerializer.Deserialize<Guid[]>(key)![0]), null, actor.UserId, actor.Name));
        if (!entity.IsAudited()) return;
        await using var command = Connection.CreateCommand();
        command.CommandText = """
            insert into core.audit (at, user_id, user_name, origin, object_kind, object_id, action, before, after)
            select $1, $2, $3, $4, $5, (key ->> 0)::uuid, 'changed', jsonb_build_object($6::text, $7::text), jsonb_build_object($6::text, $8::text) from jsonb_array_elements($9) key
            """;
        foreach (var value in new object[] { now, actor.UserId, actor.Name, actor.Origin, entity.NameInAudit(), property, from.ToString(), to.ToString() }) command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new() { Value = KeysOf(keys), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(ct);
    }

    // what is found under a client is found under the one that stands for it, also by the name it had
    private async Task RekeySearchAsync(ObjectKind kind, Guid from, Guid to, CancellationToken ct)
    {
        if (kind == ObjectKind.Partner) await db.Database.ExecuteSqlAsync($"update core.search_entry set partner = {to} where partner = {from}", ct);
    }

    // a running process knows what it is about in words too, and so do those who wait for a message about it
    private async Task RekeyProcessesAsync(ObjectKind kind, Guid from, Guid to, CancellationToken ct)
    {
        var (was, becomes, about) = ($"{kind}:{from}", $"{kind}:{to}", kind.ToString());
        await db.Database.ExecuteSqlAsync($"update process.instance set state = replace(state::text, {was}, {becomes})::jsonb where business_id = {to} and business_kind = {about} and status = 'Running' and state::text like '%' || {was} || '%'", ct);
        await db.Database.ExecuteSqlAsync($"update process.subscription s set key = {becomes} where key = {was} and exists (select from process.instance i where i.id = s.instance and i.business_id = {to})", ct);
    }
}
