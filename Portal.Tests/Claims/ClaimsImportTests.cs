using System.IO.Compression;
using Npgsql;
using Portal.Domain.Claims;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Claims;

/// <summary>Claims that another program has kept.</summary>
public sealed class ClaimsImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string City = "claims/sf311_cases_10k.csv.gz";

    private static readonly Actor Reader = new() { UserId = Guid.NewGuid(), Name = "Rita Reader", Permissions = [Permissions.ClaimsRead] };

    private CausesQuery Causes => new(rig.Contexts, TimeProvider.System);

    private async Task<ClaimTerms> TermsAsync() => await new ClaimTermsQuery(rig.Contexts).FindAsync(Reader, default);

    [Fact]
    public async Task File_ComesInOnce_WithCausesBelowOneAnother_AndWhatIsAmissMarked()
    {
        const string File = """
            Claim No;Received;Closed;Cause;Cause in detail;Step;Text;Client;Cost;Route
            K-1;2020-01-05 10:00;2020-01-07 12:00;Delivery of old;Late;Depot North;Two days late;Hazel Co;12,50;North → Mill
            K-2;2020-01-06 10:00;2020-01-05 12:00;Delivery of old;Late;depot north;Late again;Hazel Co;;
            K-3;2020-02-06 10:00;;Delivery of old;;;Still open;;;
            K-4;soon;;Delivery of old;;;When?;;;
            """;
        var run = await rig.ImportAsync("claims", "old.csv", File);
        var again = await rig.ImportAsync("claims", "old.csv", File);

        Assert.Equal((ImportState.Completed, 4, 1, 3, 0), (run.State, run.Rows, run.Refused, run.Applied, again.Applied));
        Assert.Equal((1, 1), (run.Notes["claim-closed-before"], run.Notes["claim-without-client"]));
        var terms = await TermsAsync();
        var top = terms.Causes.Single(c => c.Name == "Delivery of old");
        Assert.Equal(top.Id, terms.Causes.Single(c => c.Name == "Late").Parent);
        var report = await Causes.FindAsync(new(Cause: top.Id), CauseBy.Step, false, Reader, default);
        Assert.Equal((3, 12.5m, 2), (report.Count, report.Cost, report.Rows.Count));
        Assert.Equal([(new DateOnly(2020, 1, 1), 2), (new DateOnly(2020, 2, 1), 1)], report.Months.Select(m => (m.First, m.Count)).ToList());
        Assert.Equal(1, (await Causes.FindAsync(new(Cause: top.Id, Open: true), CauseBy.Top, false, Reader, default)).Count);
        Assert.Equal((1L, 0L), (await rig.ScalarAsync<long>("select count(*) from claims.claim where external = 'K-2' and closed_before_opened and state = 'Closed'"), await rig.ScalarAsync<long>("select count(*) from claims.claim_incident")));
        // numbers go on without a gap
        Assert.Equal(await rig.ScalarAsync<long>("select count(*) from claims.claim"), await rig.ScalarAsync<long>("select max(sequence)::bigint from claims.claim"));
    }

    /// <summary>Ten thousand cases of a city: all of them come, those closed before they were opened are marked, and the figures are those of the file.</summary>
    [SharedDataFact(City)]
    public async Task CasesOfACity_ComeWhole_AndTheirParetoIsThatOfTheFile()
    {
        var content = await File.ReadAllBytesAsync(SharedData.File(City));
        var run = await rig.ImportAsync("claims", "sf311_cases_10k.csv.gz", content, settings => settings with { DayFirst = false });
        Assert.Equal((ImportState.Completed, 10_000, 0, 10_000, 129), (run.State, run.Rows, run.Refused, run.Applied, run.Notes["claim-closed-before"]));
        Assert.Equal(129L, await rig.ScalarAsync<long>("select count(*) from claims.claim where closed_before_opened and received_at < '2017-01-01'"));

        await using var connection = await rig.Data.OpenConnectionAsync();
        await using (var table = new NpgsqlCommand("create temp table said (line text, caseid text, opened text, closed text, updated text, status text, notes text, agency text, category text, type text, details text, address text, district text, neighborhood text, point text, source text, media text)", connection))
            await table.ExecuteNonQueryAsync();
        using (var file = new StreamReader(new GZipStream(new MemoryStream(content), CompressionMode.Decompress)))
        await using (var copy = await connection.BeginTextImportAsync("copy said from stdin (format csv, header)"))
            await copy.WriteAsync(await file.ReadToEndAsync());
        var terms = await TermsAsync();
        var period = new ClaimFilter(From: new(2008, 1, 1), Until: new(2016, 12, 31));
        await EqualAsync("category", CauseBy.Top, id => terms.Cause(new ClaimCauseId(id))!.Name!);
        await EqualAsync("agency", CauseBy.Step, id => terms.Step(new ClaimStepId(id))!.Name!);

        // every number leads to as many claims
        var list = new ClaimQuery(rig.Contexts, null!, TimeProvider.System);
        foreach (var row in (await Causes.FindAsync(period, CauseBy.Top, false, Reader, default)).Rows.Take(5))
            Assert.Equal(row.Count, (await list.ListAsync(period with { Cause = new(Guid.Parse(row.Key.Id!)), Counted = true }, ClaimSort.Received, true, new Slice(0, 1), Reader, default)).Total);

        async Task EqualAsync(string column, CauseBy by, Func<Guid, string> name)
        {
            var sql = $"""
                select {column}, count(*)::int, count(*)::numeric / sum(count(*)) over (), sum(count(*)) over (order by count(*) desc, {column} rows unbounded preceding)::numeric / sum(count(*)) over ()
                from said where opened <> '' group by {column} order by count(*) desc
                """;
            List<(string Name, int Count, decimal Share)> expected = [];
            List<decimal> upTo = [];
            await using (var command = new NpgsqlCommand(sql, connection))
            await using (var rows = await command.ExecuteReaderAsync())
                while (await rows.ReadAsync())
                {
                    expected.Add((rows.GetString(0).Trim(), rows.GetInt32(1), Math.Round(rows.GetDecimal(2), 10)));
                    upTo.Add(Math.Round(rows.GetDecimal(3), 10));
                }
            var report = await Causes.FindAsync(period, by, false, Reader, default);
            Assert.Equal(expected.OrderByDescending(e => e.Count).ThenBy(e => e.Name, StringComparer.Ordinal), report.Rows.Select(r => (Name: r.Key.Id is { } id ? name(Guid.Parse(id)) : "", r.Count, Share: Math.Round(r.Share!.Value, 10))).OrderByDescending(e => e.Count).ThenBy(e => e.Name, StringComparer.Ordinal));
            Assert.Equal(upTo, report.Rows.Select(r => Math.Round(r.UpTo!.Value, 10)));
        }
    }
}
