using System.Collections.Frozen;
using System.Text;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Tests.Imports;

/// <summary>Whose rights do not reach all branches works with the files that he has brought himself.</summary>
public sealed class ImportReachTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string Header = "code,client,country\n";

    private static Actor Seller(ActorScope scope) =>
        new() { UserId = Guid.NewGuid(), Name = $"{scope} Seller", Permissions = new[] { Permissions.ClientsImport }.ToFrozenSet(), Scope = scope, BranchId = Guid.NewGuid() };

    private Task<ImportRun> CheckedAsync(string name) => rig.CheckAsync("clients", name, Encoding.UTF8.GetBytes(Header + "R-1,Amber Quay Foods,UA\nR-2,,UA\n"));

    [Theory]
    [InlineData(ActorScope.Own)]
    [InlineData(ActorScope.Team)]
    [InlineData(ActorScope.Branch)]
    public async Task Run_OfSomebodyElse_DoesNotExist_ForWhoDoesNotReachAll(ActorScope scope)
    {
        var seller = Seller(scope);
        var run = await CheckedAsync("foreign.csv");
        Func<Task>[] jobs =
        [
            () => rig.Query.RunAsync(run.Id, seller, default), () => rig.Query.PreviewAsync(run.Id, seller, default),
            () => rig.Query.WriteRefusedAsync(run.Id, new MemoryStream(), ("line", "reason"), (code, _) => code, seller, default),
            () => rig.Decisions.ListAsync(run.Id, Slice.All, seller, default), () => rig.Decisions.ChooseAsync(run.Id, DuplicateChoice.TakeAsNew, seller, default),
            () => rig.Line.DecideAsync(run.Id, ImportRig.Settings(run), seller, default), () => rig.Line.TakeAsAsync(run.Id, "clients", seller, default),
            () => rig.Line.CheckAsync(run.Id, seller, default), () => rig.Line.ApplyAsync(run.Id, seller, default),
            () => rig.Line.CancelAsync(run.Id, seller, default), () => rig.Line.DiscardAsync(run.Id, seller, default),
        ];

        Assert.Empty(await rig.Query.RunsAsync(seller, default));
        foreach (var job in jobs) Assert.Equal("import.not-found", (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code);
        Assert.Equal(ImportState.Checked, (await rig.Query.RunAsync(run.Id, ImportRig.Importer, default)).State);
    }

    [Fact]
    public async Task Run_OfOnesOwn_IsListedAndRead_AndThatOfAnybodyByWhoReachesAll()
    {
        var (seller, chief) = (Seller(ActorScope.Own), Seller(ActorScope.All));
        var own = await rig.Line.UploadAsync("clients", "own.csv", new MemoryStream(Encoding.UTF8.GetBytes(Header + "R-3,Birch Landing,UA\n")), seller, default);
        var foreign = await CheckedAsync("all.csv");

        Assert.Equal([own.Id], (await rig.Query.RunsAsync(seller, default)).Select(r => r.Id));
        Assert.Equal(own.Id, (await rig.Query.RunAsync(own.Id, seller, default)).Id);
        Assert.Superset(new HashSet<Guid> { own.Id, foreign.Id }, (await rig.Query.RunsAsync(chief, default)).Select(r => r.Id).ToHashSet());
        Assert.Equal(foreign.Id, (await rig.Query.RunAsync(foreign.Id, chief, default)).Id);
    }

    [Fact]
    public async Task Source_IsProposedFromTheRunsWithinReach()
    {
        var (text, seller) = (Header + "R-4,Cinder Wharf,UA\n", Seller(ActorScope.Own));
        await rig.ImportAsync("clients", "harbour.csv", text, settings => settings with { Source = "register of the harbour" });

        async Task<string> ProposedAsync(Actor actor) => (await rig.Line.UploadAsync("clients", "harbour.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), actor, default)).Source;

        Assert.Equal("harbour", await ProposedAsync(seller));
        Assert.Equal("register of the harbour", await ProposedAsync(ImportRig.Importer));
    }
}
