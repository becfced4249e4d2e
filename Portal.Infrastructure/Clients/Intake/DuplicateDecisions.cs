using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>A client of a checked file and whom he is most like.</summary>
/// <param name="Document">what names him in the file</param>
/// <param name="Line">his first row</param>
/// <param name="Partner">the client of the base he is like; null beyond reach, or where it is another of the file</param>
/// <param name="OtherLine">the row of the file he is like</param>
/// <param name="OtherName">what that row calls its client</param>
/// <param name="Score">probability that both are one, 0…1</param>
/// <param name="Choice">what will be done; null for a doubtful one, which is taken in</param>
/// <param name="Beyond">whether he is like a client whom the reader may not see</param>
public sealed record MetDuplicate(
    string Document, int Line, string? Name, PartnerId? Partner, string? PartnerName, int? OtherLine, string? OtherName, double Score, IReadOnlyList<(MatchField Field, MatchAgreement Agreement)> Reasons, DuplicateChoice? Choice, bool Beyond);

/// <summary>Shows the duplicates that a checked file meets, and takes what a person decides about them before anything is taken in. Needs <see cref="Permissions.ClientsImport"/>.</summary>
public sealed class DuplicateDecisions(IDbContextFactory<PortalDb> contexts, ImportQuery imports, TimeProvider time)
{
    /// <summary>A slice of those who are like somebody, the likeliest first.</summary>
    public async Task<PageOf<MetDuplicate>> ListAsync(Guid id, Slice slice, Actor actor, CancellationToken ct)
    {
        var run = await imports.RunAsync(id, actor, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Database.SqlQuery<Row>($"""
            select m.document as "Document", s.line as "Line", s.fields as "Fields", m.partner as "Partner", m.score as "Score", m.reasons as "Reasons",
                o.line as "OtherLine", o.fields as "OtherFields",
                case when d.document is null then null when d.beyond and coalesce(d.choice, r.duplicates) = 'AddToExisting' then 'LeaveOut' else coalesce(d.choice, r.duplicates) end as "Choice",
                (count(*) over ())::int as "Total"
            from (select distinct on (document) * from imports.alike where run = {id} order by document, score desc, partner nulls last, other) m
            join imports.import_run r on r.id = m.run join imports.staged_row s on s.run = m.run and s.document = m.document and s.ordinal = 1
            left join imports.staged_row o on o.run = m.run and o.document = m.other and o.ordinal = 1
            left join imports.likely_duplicate d on d.run = m.run and d.document = m.document
            order by m.score desc, s.line offset {slice.From} limit {slice.Count}
            """).ToListAsync(ct);
        var partners = rows.Select(r => r.Partner).OfType<Guid>().Select(p => new PartnerId(p)).ToList();
        var names = await db.Set<Partner>().Within(actor).Where(p => partners.Contains(p.Id)).ToDictionaryAsync(p => p.Id.Value, p => p.Name, ct);
        var reading = new ImportReading(run.Map, TimeZoneInfo.Utc, run.DayFirst, run.Decimals, time.GetUtcNow());
        return new([.. rows.Select(Met)], rows.FirstOrDefault()?.Total ?? 0);

        string? NameIn(int line, string[] fields) => ImportedClient.NameIn(ClientRow.Of(new ImportRow(line, fields, reading), run.Country));

        MetDuplicate Met(Row row)
        {
            var seen = row.Partner is { } partner && names.TryGetValue(partner, out var name) ? name : null;
            var beyond = row.Partner is not null && seen is null;
            return new(row.Document, row.Line, NameIn(row.Line, row.Fields), seen is null ? null : new(row.Partner!.Value), seen, row.OtherLine, row.OtherFields is { } other ? NameIn(row.OtherLine!.Value, other) : null, row.Score,
                beyond ? [] : [.. row.Reasons.Select(reason => reason.Split(' ')).Select(parts => (Enum.Parse<MatchField>(parts[0]), Enum.Parse<MatchAgreement>(parts[1])))],
                row.Choice is { } choice ? Enum.Parse<DuplicateChoice>(choice) : null, beyond);
        }
    }

    /// <summary>Decides what is done with all likely duplicates; what was chosen for one of them alone is forgotten.</summary>
    /// <exception cref="RuleBrokenException"><c>import.not-found</c>, <c>import.wrong-state</c></exception>
    public Task ChooseAsync(Guid id, DuplicateChoice choice, Actor actor, CancellationToken ct) => ChooseAsync(id, null, choice, actor, ct);

    /// <summary>Decides what is done with one of them, or with all where no document is named.</summary>
    /// <exception cref="RuleBrokenException"><c>import.not-found</c>, <c>import.wrong-state</c></exception>
    public async Task ChooseAsync(Guid id, string? document, DuplicateChoice choice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsImport);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var run = await db.Set<ImportRun>().FromSql($"select *, xmin from imports.import_run where id = {id} for update").WithinReachOf(actor).SingleOrDefaultAsync(ct) ?? throw new RuleBrokenException("import.not-found");
        if (document is null)
        {
            run.Choose(choice);
            await db.SaveChangesAsync(ct);
            await db.Database.ExecuteSqlAsync($"update imports.likely_duplicate set choice = null where run = {id}", ct);
        }
        else await db.Database.ExecuteSqlAsync($"update imports.likely_duplicate set choice = {choice.ToString()} where run = {id} and document = {document}", ct);
        await new MetDuplicates((NpgsqlConnection)db.Database.GetDbConnection(), id).RefuseAsync(ct);
        run.CountRefused(await db.Database.SqlQuery<int>($"""select count(refusal)::int as "Value" from imports.staged_row where run = {id}""").SingleAsync(ct));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private sealed class Row
    {
        public string Document { get; init; } = "";
        public int Line { get; init; }
        public string[] Fields { get; init; } = [];
        public Guid? Partner { get; init; }
        public double Score { get; init; }
        public string[] Reasons { get; init; } = [];
        public int? OtherLine { get; init; }
        public string[]? OtherFields { get; init; }
        public string? Choice { get; init; }
        public int Total { get; init; }
    }
}
