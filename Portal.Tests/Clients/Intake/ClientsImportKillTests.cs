using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Clients.Intake;

/// <summary>Clients are taken in by the real application, which is killed meanwhile.</summary>
public sealed class ClientsImportKillTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    private const int Rows = 8_000, OneBrokenIn = 20;
    private static readonly string[] Syllables = ["ba", "co", "du", "fe", "gi", "ha", "jo", "ku", "le", "mi", "na", "po", "ru", "se", "ti", "va", "wo", "xu", "ye", "zi"];

    [Fact]
    public async Task Kill_InMidImport_TakesEveryRowOnceOrRefusesIt()
    {
        var data = Directory.CreateTempSubdirectory("portal-import-kill-").FullName;
        await using var services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().AddImports(new(Path.Combine(data, "imports"))).BuildServiceProvider();
        var (line, query, id) = (services.GetRequiredService<ImportLine>(), services.GetRequiredService<ImportQuery>(), Guid.Empty);
        Task<ImportRun> RunAsync() => query.RunAsync(id, ImportRig.Importer, default);

        await using (var portal = await PortalProcess.StartAsync(data, database.OwnerConnection))
        {
            id = (await line.UploadAsync("clients", "base.csv", new MemoryStream(Encoding.UTF8.GetBytes(File())), ImportRig.Importer, default)).Id;
            await line.CheckAsync(id, ImportRig.Importer, default);
            await Wait.UntilAsync(async () => (await RunAsync()).State == ImportState.Checked, "the file to be checked", TimeSpan.FromSeconds(120));
            await line.ApplyAsync(id, ImportRig.Importer, default);
            await Wait.UntilAsync(async () => (await RunAsync()).Applied > 0, "the first rows to be taken in", TimeSpan.FromSeconds(120));
            await portal.KillAsync();
        }
        var cut = await RunAsync();
        Assert.Equal((ImportState.Applying, Rows), (cut.State, cut.Rows));
        Assert.Equal(cut.Applied, await CountAsync("clients.partner"));
        Assert.InRange(cut.Applied, 1, Rows - Rows / OneBrokenIn - 1);

        await using (await PortalProcess.StartAsync(data, database.OwnerConnection))
            await Wait.UntilAsync(async () => !(await RunAsync()).IsWorking, "the rest to be taken in", TimeSpan.FromSeconds(120));

        var run = await RunAsync();
        Assert.Equal((ImportState.Completed, Rows, Rows / OneBrokenIn, Rows - Rows / OneBrokenIn, 0), (run.State, run.Rows, run.Refused, run.Applied, run.Remaining));
        foreach (var taken in new[] { "clients.partner", "clients.person", "clients.contact_role", "imports.client_document", "clients.timeline_entry where what = 'partner.added'",
            "core.audit where object_kind = 'Partner' and action = 'added'", "core.search_entry where kind = 'Partner'" })
            Assert.Equal((taken, (long)run.Applied), (taken, await CountAsync(taken)));
        Assert.Equal(run.Applied, await CountAsync("(select distinct document from imports.client_document d join clients.partner p on p.id = d.partner join clients.contact_role r on r.partner = p.id join clients.person x on x.id = r.person and x.name = p.name || ' buyer') as whole"));
        Assert.Equal(run.Refused, await CountAsync("imports.staged_row where refusal is not null"));
        Assert.Equal(run.Refused, await CountAsync("imports.staged_row"));
        Directory.Delete(data, recursive: true);
    }

    private async Task<long> CountAsync(string rows)
    {
        await using var command = database.DataSource.CreateCommand($"select count(*) from {rows}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static string File()
    {
        var text = new StringBuilder("client code;client;phone;mail;contact\n");
        for (var i = 0; i < Rows; i++)
        {
            var name = $"{Word(i * 7919L + 17)} {Word(i * 104_729L + 5)}";
            text.Append(i % OneBrokenIn != 0 ? $"C-{i};{name};+380 67 {i:0000000};{i}@{Word(i)}.example;{name} buyer\n" : (i / OneBrokenIn % 4) switch
            {
                0 => $"C-{i};{name};+380 67 {i:0000000};nobody;{name} buyer\n",
                1 => $"C-{i};{name};+380 67 {i:0000000};{i}@{Word(i)}.example;{name} buyer;one more\n",
                2 => $"C-{i};{new string('x', 201)};+380 67 {i:0000000};{i}@{Word(i)}.example;{name} buyer\n",
                _ => $"C-{i};\"{name};+380 67 {i:0000000};{i}@{Word(i)}.example;{name} buyer\n",
            });
        }
        return text.ToString();
    }

    // four syllables, as if thrown by dice
    private static string Word(long number)
    {
        var thrown = (ulong)number * 0x9E3779B97F4A7C15UL >> 8;
        return string.Concat(Enumerable.Range(0, 4).Select(i => Syllables[(int)(thrown / (ulong)Math.Pow(20, i) % 20)]));
    }
}
