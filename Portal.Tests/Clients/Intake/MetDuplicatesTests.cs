using System.Collections.Frozen;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;

namespace Portal.Tests.Clients.Intake;

/// <summary>What a file meets, in the base and in itself, and what is decided about it.</summary>
public sealed class MetDuplicatesTests : IAsyncLifetime
{
    private const string Header = "code,client,tax number,country,phone,contact,town,street,house\n";
    private const string Known = "A-1,Northwind Milling LLC,00032129,UA,+380441234567,Olena Bondar,Kyiv,Khreshchatyk,22\n";
    private const string Again = "B-1,ТОВ Нортвінд Міллінг,00032129,UA,044 123 45 67,Petro Koval,Kyiv,Khreshchatyk,22\n";
    private const string Twin = "B-2,Northwind Miling,00032129,UA,+380441234567,Ira Lis,Kyiv,Khreshchatyk,22\n";
    private const string Other = "B-3,Quiet Harbour Foods,,UA,+380507654321,,Odesa,Derybasivska,1\n";
    private const string OtherTwin = "B-4,Quiet Harbour Foods Ltd,,UA,050 765 43 21,Marta Sova,Odesa,Derybasivska,1\n";

    private readonly ImportRig rig = new();

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Check_ShowsWhomEachRowIsLike_WithScoreAndReasons_AndLeavesTheLikelyOut()
    {
        var run = await CheckAsync();

        Assert.Equal((4, 3), (run.Rows, run.Refused));
        var met = await rig.Decisions.ListAsync(run.Id, new(0, 20), ImportRig.Importer, default);
        Assert.Equal(["B-1", "B-2", "B-4"], met.Rows.Select(m => m.Document).Order());
        var again = met.Rows.Single(m => m.Document == "B-1");
        Assert.Equal(("ТОВ Нортвінд Міллінг", "Northwind Milling LLC", DuplicateChoice.LeaveOut), (again.Name, again.PartnerName, again.Choice));
        Assert.True(again.Score >= PartyMatcher.DefaultThreshold);
        Assert.Contains((MatchField.TaxNumber, MatchAgreement.Same), again.Reasons);
        Assert.Equal((4, "Quiet Harbour Foods"), met.Rows.Single(m => m.Document == "B-4") is var twin ? (twin.OtherLine, twin.OtherName) : default);
        var refused = (await rig.Query.PreviewAsync(run.Id, ImportRig.Importer, default)).First.Where(r => r.Refusal is not null).ToDictionary(r => r.Document!, r => (r.Refusal!, r.RefusalArgs));
        Assert.Equal(("likely-duplicate", "Northwind Milling LLC"), (refused["B-1"].Item1, refused["B-1"].RefusalArgs[0]));
        Assert.Contains("TaxNumber Same", refused["B-1"].RefusalArgs);
        // nobody has to open the file to know which row that is
        Assert.Equal(("likely-twin", "4 · Quiet Harbour Foods"), (refused["B-4"].Item1, refused["B-4"].RefusalArgs[0]));
        Assert.Contains("Phone Same", refused["B-4"].RefusalArgs);
        Assert.DoesNotContain(refused.Values.SelectMany(r => r.RefusalArgs), arg => arg.EndsWith("Different", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_WithLikelyDuplicatesLeftOut_TakesInTheOthersAlone()
    {
        var run = await ApplyAsync(await CheckAsync());

        Assert.Equal((1, 3), (run.Applied, run.Refused));
        Assert.Equal(2, await rig.CountAsync("clients.partner"));
    }

    [Fact]
    public async Task Apply_WithLikelyDuplicatesTakenAsNew_TakesInAll()
    {
        var run = await CheckAsync();
        await rig.Decisions.ChooseAsync(run.Id, DuplicateChoice.TakeAsNew, ImportRig.Importer, default);

        Assert.Equal((4, 0), ((await ApplyAsync(run)).Applied, (int)await rig.CountAsync("imports.staged_row where refusal is not null")));
        Assert.Equal(5, await rig.CountAsync("clients.partner"));
    }

    /// <summary>Also a duplicate of another row finds the client that row has become, and what all of them know stands there once.</summary>
    [Fact]
    public async Task Apply_WithLikelyDuplicatesAdded_CompletesTheClientsThatAreThere()
    {
        var run = await CheckAsync();
        await rig.Decisions.ChooseAsync(run.Id, DuplicateChoice.AddToExisting, ImportRig.Importer, default);

        Assert.Equal(4, (await ApplyAsync(run)).Applied);
        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        var partners = await db.Set<Partner>().OrderBy(p => p.Name).ToListAsync();
        Assert.Equal(["Northwind Milling LLC", "Quiet Harbour Foods"], partners.Select(p => p.Name));
        Assert.Equal(["Ira Lis", "Marta Sova", "Olena Bondar", "Petro Koval"], await db.Set<Person>().OrderBy(p => p.Name).Select(p => p.Name).ToListAsync());
        Assert.Equal((1, 2, 0), (await db.Set<Counterparty>().CountAsync(), await db.Set<Place>().CountAsync(), await db.Set<ContactPoint>().CountAsync()));
        Assert.Equal(3, await rig.CountAsync("clients.timeline_entry where what = 'partner.completed'"));
        var again = await rig.ImportAsync("clients", "new.csv", Header + Again + Twin + Other + OtherTwin);
        Assert.Equal((4, 0, 4), (again.Known, again.Applied, again.Skipped));
    }

    /// <summary>The first of two that are alike is the one that stands first in the file, whatever their keys; also where each is written in a transaction of its own.</summary>
    [Fact]
    public async Task Twins_OfOneFile_TheFirstOfTheFileIsTakenIn()
    {
        const string file = Header + "Z-9,Quiet Harbour Foods,,UA,+380507654321,,Odesa,Derybasivska,1\nM-5,Northwind Milling LLC,00032129,UA,+380441234567,Olena Bondar,Kyiv,Khreshchatyk,22\n"
            + "A-1,Quiet Harbour Foods Ltd,,UA,050 765 43 21,Marta Sova,Odesa,Derybasivska,1\nZ-9,,,,,Taras Hai,,,\n";
        var left = await rig.CheckAsync("clients", "left.csv", Encoding.UTF8.GetBytes(file));
        Assert.Equal(["4 A-1 likely-twin 2 · Quiet Harbour Foods"], (await rig.Query.PreviewAsync(left.Id, ImportRig.Importer, default)).First.Where(r => r.Refusal is not null).Select(r => $"{r.Line} {r.Document} {r.Refusal} {r.RefusalArgs[0]}"));

        await using var services = rig.Services(new ImportOptions(rig.Folder) { ChunkRows = 1 });
        await rig.Decisions.ChooseAsync(left.Id, DuplicateChoice.AddToExisting, ImportRig.Importer, default);
        await rig.Line.ApplyAsync(left.Id, ImportRig.Importer, default);
        await services.GetRequiredService<ImportWork>().RunAsync(left.Id, default);

        var ended = await rig.Query.RunAsync(left.Id, ImportRig.Importer, default);
        Assert.Equal((null, 4), (ended.Failure, ended.Applied));
        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        Assert.Equal(["Northwind Milling LLC", "Quiet Harbour Foods"], await db.Set<Partner>().OrderBy(p => p.Name).Select(p => p.Name).ToListAsync());
        Assert.Equal(["Marta Sova", "Olena Bondar", "Taras Hai"], await db.Set<Person>().OrderBy(p => p.Name).Select(p => p.Name).ToListAsync());
    }

    [Fact]
    public async Task Choose_ForOneAlone_HoldsForIt_AndOnlyBeforeAnythingIsTakenIn()
    {
        var run = await CheckAsync();
        await rig.Decisions.ChooseAsync(run.Id, "B-4", DuplicateChoice.TakeAsNew, ImportRig.Importer, default);
        Assert.Equal(2, (await rig.Query.RunAsync(run.Id, ImportRig.Importer, default)).Refused);

        Assert.Equal(2, (await ApplyAsync(run)).Applied);
        Assert.Equal("import.wrong-state", (await Assert.ThrowsAsync<RuleBrokenException>(() => rig.Decisions.ChooseAsync(run.Id, DuplicateChoice.TakeAsNew, ImportRig.Importer, default))).Code);
    }

    /// <summary>A salesman who may work only with his own clients is told that somebody is there, not who; and adds nothing to him.</summary>
    [Fact]
    public async Task Check_BySomebodyWithoutReach_TellsNoNameAndAddsNothing()
    {
        await rig.ImportAsync("clients", "base.csv", Header + Known);
        var seller = await SellerAsync();
        var run = await rig.Line.UploadAsync("clients", "own.csv", new MemoryStream(Encoding.UTF8.GetBytes(Header + Again + Other)), seller, default);
        await rig.Line.CheckAsync(run.Id, seller, default);
        await rig.Work.RunAsync(run.Id, default);
        await rig.Decisions.ChooseAsync(run.Id, DuplicateChoice.AddToExisting, seller, default);

        var met = (await rig.Decisions.ListAsync(run.Id, new(0, 20), seller, default)).Rows.Single();
        Assert.Equal((true, null, null, DuplicateChoice.LeaveOut), (met.Beyond, met.Partner, met.PartnerName, met.Choice));
        Assert.DoesNotContain(await rig.ScalarAsync<string>("select string_agg(array_to_string(refusal_args, ','), ';') from imports.staged_row where refusal is not null"), "Northwind");
        await rig.Line.ApplyAsync(run.Id, seller, default);
        await rig.Work.RunAsync(run.Id, default);
        Assert.Equal((null, 1), ((await rig.Query.RunAsync(run.Id, seller, default)) is var ended ? (ended.Failure, ended.Applied) : default));
        Assert.Equal(seller.UserId, await rig.ScalarAsync<Guid>("select responsible from clients.partner where name = 'Quiet Harbour Foods'"));
        Assert.Equal(1, await rig.CountAsync("clients.person"));
    }

    /// <summary>Else a file would be a way to find out whose number it is.</summary>
    [Fact]
    public async Task Check_BySomebodyWhomFieldsAreHiddenFrom_MeetsNobodyByThem()
    {
        await rig.ImportAsync("clients", "base.csv", Header + Known);
        const string numbersAlone = "B-9,Quiet Fields,00032129,UA,+380441234567,,,,\n";
        var seller = await SellerAsync() with { Scope = ActorScope.All };
        Assert.Equal(1, (await CheckAsync("seen.csv", Header + numbersAlone, seller)).Refused);

        await rig.ScalarAsync<long>("""with n as (insert into core.setting (key, value, changed_at) values ('clients.confidential', '"Phones, TaxNumbers"', now()) returning 1) select count(*) from n""");

        var run = await CheckAsync("hidden.csv", Header + numbersAlone, seller);
        Assert.Equal(0, run.Refused);
        Assert.Empty((await rig.Decisions.ListAsync(run.Id, new(0, 20), seller, default)).Rows);
    }

    [Fact]
    public async Task Check_OfADocumentThatHasBecomeAClientBeyondReach_RefusesIt()
    {
        await rig.ImportAsync("clients", "base.csv", Header + Known);
        var seller = await SellerAsync();
        var run = await CheckAsync("base.csv", Header + Known.Replace("Olena Bondar", "Petro Koval") + Other, seller);

        Assert.Equal((2, 1, 0), (run.Rows, run.Refused, run.Known));
        Assert.Equal("client-beyond-reach", (await rig.Query.PreviewAsync(run.Id, seller, default)).Reasons.Single().Reason);
        var ended = await ApplyAsync(run, seller);
        Assert.Equal((null, 1), (ended.Failure, ended.Applied));
        Assert.Equal("Olena Bondar", await rig.ScalarAsync<string>("select string_agg(name, ',') from clients.person"));
    }

    /// <summary>What was refused so late is not kept as taken in: whoever reaches the client brings it again.</summary>
    [Fact]
    public async Task Apply_ToAClientWhoWentBeyondReachSinceTheCheck_RefusesHisRows()
    {
        var seller = await SellerAsync();
        await ApplyAsync(await CheckAsync("mine.csv", Header + Known, seller), seller);
        var more = Header + Known + Known.Replace("Olena Bondar", "Petro Koval") + Other;
        var run = await CheckAsync("mine.csv", more, seller);
        Assert.Equal(0, run.Refused);
        await rig.ScalarAsync<long>("with n as (update clients.partner set responsible = null returning 1) select count(*) from n");

        var ended = await ApplyAsync(run, seller);

        Assert.Equal((ImportState.Completed, 1, 1, 1), (ended.State, ended.Refused, ended.Applied, ended.Skipped));
        Assert.Equal("client-beyond-reach", (await rig.Query.PreviewAsync(run.Id, seller, default)).Reasons.Single().Reason);
        Assert.Equal("Olena Bondar", await rig.ScalarAsync<string>("select string_agg(name, ',') from clients.person"));
        Assert.Equal(1, (await rig.ImportAsync("clients", "mine.csv", more)).Applied);
        Assert.Equal(2, await rig.CountAsync("clients.person"));
    }

    private async Task<Actor> SellerAsync()
    {
        var seller = new Actor { UserId = Guid.NewGuid(), Name = "Sonya Seller", Permissions = new[] { Permissions.ClientsImport }.ToFrozenSet(), Scope = ActorScope.Own };
        await rig.AddUserAsync(seller.UserId, seller.Name);
        return seller;
    }

    private async Task<ImportRun> CheckAsync(string name, string text, Actor actor)
    {
        var run = await rig.Line.UploadAsync("clients", name, new MemoryStream(Encoding.UTF8.GetBytes(text)), actor, default);
        await rig.Line.CheckAsync(run.Id, actor, default);
        await rig.Work.RunAsync(run.Id, default);
        return await rig.Query.RunAsync(run.Id, actor, default);
    }

    private async Task<ImportRun> CheckAsync()
    {
        await rig.ImportAsync("clients", "base.csv", Header + Known);
        return await rig.CheckAsync("clients", "new.csv", Encoding.UTF8.GetBytes(Header + Again + Twin + Other + OtherTwin));
    }

    private async Task<ImportRun> ApplyAsync(ImportRun run, Actor? actor = null)
    {
        await rig.Line.ApplyAsync(run.Id, actor ?? ImportRig.Importer, default);
        await rig.Work.RunAsync(run.Id, default);
        return await rig.Query.RunAsync(run.Id, actor ?? ImportRig.Importer, default);
    }
}
