using System.Collections.Frozen;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;

namespace Portal.Tests.Clients.Intake;

/// <summary>What came into the base between the check of a file and its taking in: from another file checked beside it, or by hand.</summary>
public sealed class FilesSideBySideTests : IAsyncLifetime
{
    private const string Header = "code,client,tax number,country,phone,contact,town,street,house\n";
    private const string Mill = "A-1,Northwind Milling LLC,00032129,UA,+380441234567,Olena Bondar,Kyiv,Khreshchatyk,22\n";
    private const string MillAgain = "B-1,ТОВ Нортвінд Міллінг,00032129,UA,044 123 45 67,Petro Koval,Kyiv,Khreshchatyk,22\n";
    private const string Harbour = "B-2,Quiet Harbour Foods,,UA,+380507654321,Marta Sova,Odesa,Derybasivska,1\n";

    private readonly ImportRig rig = new();

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Apply_OfTheSecondFile_LeavesOutWhatTheFirstHasBrought_AndSaysWhy()
    {
        var (first, second) = await CheckBothAsync(Mill, MillAgain + Harbour);
        Assert.Equal(0, second.Refused);
        await ApplyAsync(first);

        var ended = await ApplyAsync(second);

        Assert.Equal((ImportState.Completed, 1, 1, 0), (ended.State, ended.Applied, ended.Refused, ended.Remaining));
        Assert.Equal(["Northwind Milling LLC", "Quiet Harbour Foods"], await NamesAsync());
        var refused = (await rig.Query.PreviewAsync(second.Id, ImportRig.Importer, default)).First.Single();
        Assert.Equal(("B-1", "likely-duplicate", "Northwind Milling LLC"), (refused.Document, refused.Refusal, refused.RefusalArgs[0]));
        Assert.Contains("TaxNumber Same", refused.RefusalArgs);
        // what was left out is not kept as taken in: it comes again, and somebody decides
        Assert.Equal((1, 1), (await rig.CheckAsync("clients", "second.csv", Encoding.UTF8.GetBytes(Header + MillAgain + Harbour))) is var again ? (again.Known, again.Refused) : default);
    }

    /// <summary>Also where the row it would have been joined with is the one that is left out, in the same portion or in one before.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Apply_OfTheSecondFile_LeavesOutTheTwinsOfWhatItLeavesOut(int chunkRows)
    {
        const string twin = "B-3,Northwind Miling,00032129,UA,+380441234567,Ira Lis,Kyiv,Khreshchatyk,22\n";
        await using var services = rig.Services(new ImportOptions(rig.Folder) { ChunkRows = chunkRows });
        var (first, second) = await CheckBothAsync(Mill, MillAgain + twin);
        await rig.Decisions.ChooseAsync(second.Id, "B-3", DuplicateChoice.AddToExisting, ImportRig.Importer, default);
        await ApplyAsync(first);

        await rig.Line.ApplyAsync(second.Id, ImportRig.Importer, default);
        await services.GetRequiredService<ImportWork>().RunAsync(second.Id, default);

        var ended = await rig.Query.RunAsync(second.Id, ImportRig.Importer, default);
        Assert.Equal((null, 0, 2), (ended.Failure, ended.Applied, ended.Refused));
        Assert.Equal(["Northwind Milling LLC"], await NamesAsync());
        Assert.Equal(2, await rig.CountAsync("imports.staged_row where refusal = 'likely-duplicate' and refusal_args[1] = 'Northwind Milling LLC'"));
    }

    [Fact]
    public async Task Apply_OfTheSecondFile_DoesWithThemWhatWasChosenForLikelyOnes()
    {
        var (first, second) = await CheckBothAsync(Mill, MillAgain + Harbour);
        var third = await rig.CheckAsync("clients", "third.csv", Encoding.UTF8.GetBytes(Header + MillAgain.Replace("B-1", "C-1")));
        await rig.Decisions.ChooseAsync(second.Id, DuplicateChoice.AddToExisting, ImportRig.Importer, default);
        await rig.Decisions.ChooseAsync(third.Id, DuplicateChoice.TakeAsNew, ImportRig.Importer, default);
        await ApplyAsync(first);

        Assert.Equal((2, 0), await ApplyAsync(second) is var added ? (added.Applied, added.Refused) : default);
        Assert.Equal(["Northwind Milling LLC", "Quiet Harbour Foods"], await NamesAsync());
        Assert.Equal(1, await rig.CountAsync("clients.contact_role r join clients.person p on p.id = r.person join clients.partner c on c.id = r.partner where p.name = 'Petro Koval' and c.name = 'Northwind Milling LLC'"));
        Assert.Equal((1, 0), await ApplyAsync(third) is var asNew ? (asNew.Applied, asNew.Refused) : default);
        Assert.Equal(3, await rig.CountAsync("clients.partner"));
    }

    /// <summary>A client of the base whom the first file has completed is known by what that file told of him.</summary>
    [Fact]
    public async Task Apply_OfTheSecondFile_MeetsWhomTheFirstHasCompleted()
    {
        await rig.ImportAsync("clients", "base.csv", Header + "A-0,Northwind Milling LLC,00032129,UA,,,,,\n");
        var (first, second) = await CheckBothAsync(Mill, "B-9,Northwind Mills,,UA,+380441234567,Olena Bondar,Kyiv,Khreshchatyk,22\n" + Harbour);
        Assert.Equal((1, 0), (first.Refused, second.Refused));
        await rig.Decisions.ChooseAsync(first.Id, DuplicateChoice.AddToExisting, ImportRig.Importer, default);
        await ApplyAsync(first);
        // as if the client had been there long before the second file was brought
        await rig.RunAsync($"update imports.import_run set created_at = now() + interval '1 hour' where id = '{second.Id}'; update clients.timeline_entry set at = now() + interval '2 hours' where what = 'partner.completed'");

        Assert.Equal((1, 1), await ApplyAsync(second) is var ended ? (ended.Applied, ended.Refused) : default);
        Assert.Equal(["Northwind Milling LLC", "Quiet Harbour Foods"], await NamesAsync());
    }

    /// <summary>Both are taken in at once, by turns of a few rows: whom both hold comes once, from whichever file is first, and neither waits for the other for ever.</summary>
    [Fact]
    public async Task Apply_OfTwoFilesAtOnce_BringsEachClientOnce()
    {
        const int each = 60, both = 40;
        string[] first = ["Zorya", "Horizon", "Kalyna", "Falcon", "Juniper", "Granit", "Codru", "Samudra"], second = ["Agro", "Logistics", "Metal", "Textile", "Supply", "Mobila", "Impex", "Dim", "Budinvest", "Motors", "Foods", "Kencana", "Prodtorg"];
        string Row(string key, int i) => $"{key}-{i},{first[i % first.Length]} {second[i % second.Length]},{(i + 1) * 7_368_787_129L % 9_000_000_000 + 1_000_000_000},DE,+49{(i + 1) * 6_700_417_331L % 900_000_000 + 100_000_000},,,,\n";
        await using var services = rig.Services(new ImportOptions(rig.Folder) { ChunkRows = 7 });
        var work = services.GetRequiredService<ImportWork>();
        var (one, other) = await CheckBothAsync(string.Concat(Enumerable.Range(0, each).Select(i => Row("A", i))), string.Concat(Enumerable.Range(each - both, each).Select(i => Row("B", i))));
        Assert.Equal((0, 0), (one.Refused, other.Refused));
        foreach (var run in new[] { one, other }) await rig.Line.ApplyAsync(run.Id, ImportRig.Importer, default);

        await Task.WhenAll(work.RunAsync(one.Id, default), work.RunAsync(other.Id, default));

        (one, other) = (await rig.Query.RunAsync(one.Id, ImportRig.Importer, default), await rig.Query.RunAsync(other.Id, ImportRig.Importer, default));
        Assert.Equal((ImportState.Completed, ImportState.Completed), (one.State, other.State));
        Assert.Equal((2 * each - both, both), (one.Applied + other.Applied, one.Refused + other.Refused));
        Assert.Equal(2 * each - both, await rig.ScalarAsync<long>("select count(distinct tax_number) from clients.counterparty"));
        Assert.Equal(2 * each - both, await rig.CountAsync("clients.counterparty"));
    }

    [Fact]
    public async Task Apply_AfterSomebodyHasEnteredTheClientByHand_LeavesHimOut()
    {
        var run = await rig.CheckAsync("clients", "file.csv", Encoding.UTF8.GetBytes(Header + MillAgain + Harbour));
        await using (var db = rig.Contexts.CreateFor(ImportRig.Importer))
        {
            var partner = new Partner(PartnerId.New(), "Northwind Milling", PartnerKinds.Client);
            partner.Reach("+380 44 123 45 67", null);
            var entity = new Counterparty(CounterpartyId.New(), partner.Id, "Northwind Milling LLC", "00032129");
            entity.Describe("Northwind Milling LLC", "UA", null, "00032129", null);
            db.AddRange(partner, entity);
            await db.SaveChangesAsync();
        }

        Assert.Equal((1, 1), await ApplyAsync(run) is var ended ? (ended.Applied, ended.Refused) : default);
    }

    /// <summary>Who lacks the reach is told that somebody is there, and not who.</summary>
    [Fact]
    public async Task Apply_BySomebodyWithoutReach_TellsNoName()
    {
        var seller = new Actor { UserId = Guid.NewGuid(), Name = "Sonya Seller", Permissions = new[] { Permissions.ClientsImport }.ToFrozenSet(), Scope = ActorScope.Own };
        await rig.AddUserAsync(seller.UserId, seller.Name);
        var first = await rig.CheckAsync("clients", "first.csv", Encoding.UTF8.GetBytes(Header + Mill));
        var own = await rig.Line.UploadAsync("clients", "own.csv", new MemoryStream(Encoding.UTF8.GetBytes(Header + MillAgain + Harbour)), seller, default);
        await rig.Line.CheckAsync(own.Id, seller, default);
        await rig.Work.RunAsync(own.Id, default);
        await rig.Decisions.ChooseAsync(own.Id, DuplicateChoice.AddToExisting, seller, default);
        await ApplyAsync(first);

        Assert.Equal((1, 1), await ApplyAsync(own, seller) is var ended ? (ended.Applied, ended.Refused) : default);
        Assert.Matches("^[0-9]+ %$", await rig.ScalarAsync<string>("select array_to_string(refusal_args, ',') from imports.staged_row where refusal is not null"));
        Assert.Equal(0, await rig.CountAsync("clients.person where name = 'Petro Koval'"));
    }

    private async Task<(ImportRun First, ImportRun Second)> CheckBothAsync(string first, string second) =>
        (await rig.CheckAsync("clients", "first.csv", Encoding.UTF8.GetBytes(Header + first)), await rig.CheckAsync("clients", "second.csv", Encoding.UTF8.GetBytes(Header + second)));

    private async Task<ImportRun> ApplyAsync(ImportRun run, Actor? actor = null)
    {
        await rig.Line.ApplyAsync(run.Id, actor ?? ImportRig.Importer, default);
        await rig.Work.RunAsync(run.Id, default);
        var ended = await rig.Query.RunAsync(run.Id, actor ?? ImportRig.Importer, default);
        Assert.Null(ended.Failure);
        return ended;
    }

    private async Task<string[]> NamesAsync()
    {
        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        return await db.Set<Partner>().OrderBy(p => p.Name).Select(p => p.Name).ToArrayAsync();
    }
}
