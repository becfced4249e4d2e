using System.Data;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>
/// Searches the whole base for duplicates: reads every party once onto scratch, then compares those that share a key, block after block as the keys come.
/// Time grows with the number of parties, not of pairs; memory does not grow with what a party holds.
/// </summary>
public sealed partial class DuplicateWork(IDbContextFactory<PortalDb> contexts, NpgsqlDataSource data, PartnerKeys keys, LiveChanges live, TimeProvider time, ILogger<DuplicateWork> log)
{
    /// <summary>Below this score a pair is not kept.</summary>
    public const double LeastKept = DuplicateQuery.LeastShown;

    private const int ReadAtOnce = 2000;
    private const int MostAgain = 5;

    /// <summary>Works on all that is running and does not wait for room, the oldest first.</summary>
    public async Task RunAllAsync(CancellationToken ct)
    {
        List<Guid> running;
        var now = time.GetUtcNow();
        await using (var db = await contexts.CreateDbContextAsync(ct))
            running = await db.Set<DuplicateRun>().Where(r => r.State == DuplicateRunState.Running && (r.WaitsUntil == null || r.WaitsUntil <= now || r.CancelRequested)).OrderBy(r => r.StartedAt).Select(r => r.Id).ToListAsync(ct);
        foreach (var id in running) await RunAsync(id, ct);
    }

    /// <summary>Works on a search until it is over, from the beginning when it was cut off. Returns at once when another worker is at it or nothing is to be done.</summary>
    public async Task RunAsync(Guid id, CancellationToken ct)
    {
        await using var atWork = await AdvisoryLock.TryTakeAsync(data, $"duplicates {id}", ct);
        if (atWork is null) return;
        if (await BeginAsync(id, ct) is not { } run) return;
        var pass = new Pass(id, run.Searcher);
        try
        {
            await PartnersAsync(pass, ct);
            await PersonsAsync(pass, ct);
            await EndAsync(pass, DuplicateRunState.Completed);
        }
        catch (CancelledByUser)
        {
            await EndAsync(pass, DuplicateRunState.Cancelled);
        }
        catch (Exception fault) when (FullDisk.Is(fault))
        {
            // what it had put on the disk is gone by now, so there is room to say so
            NoRoom(log, fault, id);
            await using var db = contexts.CreateFor(pass.Actor);
            (await db.Set<DuplicateRun>().SingleAsync(r => r.Id == id, ct)).WaitForRoom(time.GetUtcNow());
            await db.SaveChangesAsync(ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException && !DatabaseRounds.IsAway(fault))
        {
            Failed(log, fault, id);
            await EndAsync(pass, DuplicateRunState.Failed);
        }
    }

    private async Task PartnersAsync(Pass pass, CancellationToken ct)
    {
        await StepAsync(pass, DuplicateRunStage.Keys, 0, 0, ct);
        await keys.CatchUpAsync(int.MaxValue, ct);
        using var scratch = new PartyScratch();
        var (numbers, terms) = (new Dictionary<Guid, int>(), new TermCount());
        var total = await CountAsync("select count(*) from clients.partner where not archived", ct);
        for (var last = Guid.Empty; ;)
        {
            await StepAsync(pass, DuplicateRunStage.ReadingPartners, scratch.Count, total, ct);
            await using var db = await contexts.CreateDbContextAsync(ct);
            var after = last;
            var ids = await db.Database.SqlQuery<Guid>($"""select id as "Value" from clients.partner where id > {after} and not archived order by id limit {ReadAtOnce}""").ToListAsync(ct);
            if (ids.Count == 0) break;
            var details = await PartyReading.DetailsAsync(db, [.. ids.Select(id => new PartnerId(id))], null, ct);
            foreach (var (partner, known) in details)
            {
                var form = PartyForm.Of(known);
                terms.Add(form);
                numbers[partner.Value] = scratch.Add(partner.Value, known, form.BlockingKeys);
            }
            last = ids[^1];
        }
        scratch.Flush();
        pass.Parties += scratch.Count;
        await using var connection = await data.OpenConnectionAsync(ct);
        var common = await CommonAsync(connection, "select key from clients.partner_key group by key having count(*) > $1", ct);
        await CompareAsync(pass, ObjectKind.Partner, scratch, terms, StoredKeysAsync(connection, numbers, ct), common, ct);
    }

    private async Task PersonsAsync(Pass pass, CancellationToken ct)
    {
        await using var connection = await data.OpenConnectionAsync(ct);
        await using (var table = new NpgsqlCommand("create temp table person_key (key bigint not null, party integer not null)", connection)) await table.ExecuteNonQueryAsync(ct);
        try
        {
            using var scratch = new PartyScratch();
            var terms = new TermCount();
            var total = await CountAsync("select count(*) from clients.person where merged_into is null", ct);
            var read = 0;
            for (var last = Guid.Empty; ;)
            {
                await StepAsync(pass, DuplicateRunStage.ReadingPersons, read, total, ct);
                await using var db = await contexts.CreateDbContextAsync(ct);
                var people = await PersonReading.ReadAsync(db, last, ReadAtOnce, ct);
                if (people.Count == 0) break;
                await using var copy = await connection.BeginBinaryImportAsync("copy person_key from stdin (format binary)", ct);
                // who is nobody's contact is no client's duplicate
                foreach (var (id, details, partners) in people.Where(p => p.Partners.Length > 0))
                {
                    var form = PartyForm.Of(details);
                    terms.Add(form);
                    long[] own = [.. form.BlockingKeys.Concat(partners.Select(PersonReading.KeyOf)).Distinct().Order()];
                    var party = scratch.Add(id, details, own);
                    foreach (var key in own)
                    {
                        await copy.StartRowAsync(ct);
                        await copy.WriteAsync(key, NpgsqlDbType.Bigint, ct);
                        await copy.WriteAsync(party, NpgsqlDbType.Integer, ct);
                    }
                }
                await copy.CompleteAsync(ct);
                (last, read) = (people[^1].Id, read + people.Count);
            }
            scratch.Flush();
            pass.Parties += scratch.Count;
            var common = await CommonAsync(connection, "select key from person_key group by key having count(*) > $1", ct);
            await CompareAsync(pass, ObjectKind.Person, scratch, terms, PersonKeysAsync(connection, ct), common, ct);
        }
        finally
        {
            // a broken connection has taken its table along
            if (connection.State == ConnectionState.Open)
            {
                await using var drop = new NpgsqlCommand("drop table if exists person_key", connection);
                await drop.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
    }

    private async Task CompareAsync(Pass pass, ObjectKind kind, PartyScratch parties, TermCount terms, IAsyncEnumerable<(long, int)> entries, HashSet<long> common, CancellationToken ct)
    {
        var stage = kind == ObjectKind.Partner ? DuplicateRunStage.ComparingPartners : DuplicateRunStage.ComparingPersons;
        pass.SkippedBlocks += common.Count;
        var matcher = new PartyMatcher(terms.Frequencies());
        var blocks = new KeyBlocks(entries, common);
        var total = (int)Math.Min(int.MaxValue, parties.KeyCount);
        await StepAsync(pass, stage, 0, total, ct);
        await Parallel.ForEachAsync(blocks.BatchesAsync(ct), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct }, async (batch, stopping) =>
        {
            var (found, compared) = (new List<(Guid, Guid, PartyComparison)>(), 0);
            foreach (var block in batch)
                foreach (var (a, b) in KeyBlocks.Pairs(block, parties, common))
                {
                    compared++;
                    if (matcher.Compare(parties.FormOf(a), parties.FormOf(b), LeastKept) is { } comparison) found.Add((parties.IdOf(a), parties.IdOf(b), comparison));
                }
            if (found.Count > 0) await KeepAsync(pass.Run, kind, found, stopping);
            pass.AddCompared(compared);
            await StepAsync(pass, stage, (int)Math.Min(total, blocks.Read), total, stopping);
        });
    }

    private async Task KeepAsync(Guid run, ObjectKind kind, List<(Guid One, Guid Other, PartyComparison Comparison)> found, CancellationToken ct)
    {
        for (var again = 0; ; again++)
            try
            {
                await WriteAsync(run, kind, found, ct);
                return;
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && again < MostAgain)
            {
                // somebody decides about several of these pairs at once; he goes first, and an hour's search need not begin anew
            }
    }

    private async Task WriteAsync(Guid run, ObjectKind kind, List<(Guid One, Guid Other, PartyComparison Comparison)> found, CancellationToken ct)
    {
        await using var command = data.CreateCommand("""
            insert into clients.found_pair (id, kind, one, other, score, bits, reasons, band, state, run, found_at)
            select n.id, $1, n.one, n.other, n.score, n.bits, n.reasons::jsonb, case when n.score >= $2 then 'Sure' else 'Doubtful' end, 'Open', $3, $4
            from unnest($5, $6, $7, $8, $9, $10) n(id, one, other, score, bits, reasons)
            on conflict (least(one, other), greatest(one, other)) do update set score = excluded.score, bits = excluded.bits, reasons = excluded.reasons, band = excluded.band, run = excluded.run
            """);
        object[] values =
        [
            kind.ToString(), PartyMatcher.DefaultThreshold, run, time.GetUtcNow(),
            found.Select(_ => Guid.CreateVersion7()).ToArray(), found.Select(f => f.One).ToArray(), found.Select(f => f.Other).ToArray(),
            found.Select(f => f.Comparison.Score).ToArray(), found.Select(f => f.Comparison.Bits).ToArray(), found.Select(f => JsonSerializer.Serialize(f.Comparison.Reasons)).ToArray(),
        ];
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task EndAsync(Pass pass, DuplicateRunState state)
    {
        var now = time.GetUtcNow();
        await using var db = contexts.CreateFor(pass.Actor);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var run = await db.Set<DuplicateRun>().SingleAsync(r => r.Id == pass.Run);
        // what a whole search did not find again is no duplicate any more
        if (state == DuplicateRunState.Completed) await db.Set<FoundPair>().Where(p => p.State == FoundPairState.Open && p.Run != pass.Run).ExecuteDeleteAsync();
        var open = db.Set<FoundPair>().Standing(db).Where(p => p.State == FoundPairState.Open || p.State == FoundPairState.TaskGiven);
        run.End(state, await open.CountAsync(p => p.Band == DuplicateBand.Sure), await open.CountAsync(p => p.Band == DuplicateBand.Doubtful),
            await open.CountAsync(p => p.FoundAt >= run.StartedAt), now);
        await db.SaveChangesAsync();
        // who asked for a search sees it; a planned one is told of
        if (run is { ByUser: var by, Fresh: > 0 } && by == Guid.Empty && (await DuplicatePlan.ReadAsync(db, default)).Tell is { } told)
            await db.AddOutboxAsync(new DuplicateNotice(run.Id, told).Entry(), now, default);
        await transaction.CommitAsync();
    }

    private async IAsyncEnumerable<(long, int)> StoredKeysAsync(NpgsqlConnection connection, Dictionary<Guid, int> numbers, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select key, partner from clients.partner_key order by key, partner", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            if (numbers.TryGetValue(reader.GetGuid(1), out var party)) yield return (reader.GetInt64(0), party);
    }

    private static async IAsyncEnumerable<(long, int)> PersonKeysAsync(NpgsqlConnection connection, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select key, party from person_key order by key, party", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) yield return (reader.GetInt64(0), reader.GetInt32(1));
    }

    private static async Task<HashSet<long>> CommonAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0, Parameters = { new() { Value = (long)CandidatePairs.MostInBlock } } };
        var common = new HashSet<long>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) common.Add(reader.GetInt64(0));
        return common;
    }

    private async Task<int> CountAsync(string sql, CancellationToken ct)
    {
        await using var command = data.CreateCommand(sql);
        return (int)(long)(await command.ExecuteScalarAsync(ct))!;
    }

    // Progress is told without an audit row, at most once a second; nothing has been changed yet.
    private async Task StepAsync(Pass pass, DuplicateRunStage stage, int done, int total, CancellationToken ct)
    {
        if (!pass.MayTell(stage, time)) return;
        await using var command = data.CreateCommand("update clients.duplicate_run set stage = $2, done = $3, total = $4, parties = $5, compared = $6, skipped_blocks = $7 where id = $1 returning cancel_requested");
        foreach (var value in new object[] { pass.Run, stage.ToString(), done, total, pass.Parties, pass.Compared, pass.SkippedBlocks }) command.Parameters.Add(new() { Value = value });
        var cancelled = (bool)(await command.ExecuteScalarAsync(ct))!;
        live.Publish([new LiveChange(new(ObjectKind.DuplicateRun, pass.Run), null, pass.Actor.UserId, pass.Actor.Name)]);
        if (cancelled) throw new CancelledByUser();
    }

    // the lock is held: whoever was at it is gone
    private async Task<DuplicateRun?> BeginAsync(Guid id, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("duplicates"));
        var run = await db.Set<DuplicateRun>().SingleAsync(r => r.Id == id, ct);
        if (run.State != DuplicateRunState.Running) return null;
        run.Begin();
        await db.SaveChangesAsync(ct);
        return run;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Search for duplicates {Run} finds no room on a disk and tries again later.")]
    private static partial void NoRoom(ILogger log, Exception fault, Guid run);

    [LoggerMessage(Level = LogLevel.Error, Message = "Search for duplicates {Run} stopped.")]
    private static partial void Failed(ILogger log, Exception fault, Guid run);

    /// <summary>Somebody asked the search to stop.</summary>
    private sealed class CancelledByUser : Exception;

    /// <summary>What a search in this process counts.</summary>
    private sealed class Pass(Guid run, Actor actor)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
        private readonly Lock telling = new();
        private DuplicateRunStage? stage;
        private long told;
        private long compared;

        public Guid Run => run;
        public Actor Actor => actor;
        public int Parties { get; set; }
        public int SkippedBlocks { get; set; }
        public long Compared => Interlocked.Read(ref compared);

        public void AddCompared(int more) => Interlocked.Add(ref compared, more);

        public bool MayTell(DuplicateRunStage now, TimeProvider time)
        {
            lock (telling)
            {
                if (stage == now && time.GetElapsedTime(told) < Pause) return false;
                (stage, told) = (now, time.GetTimestamp());
                return true;
            }
        }
    }
}
