using System.Text;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Web.Processes;
using Portal.Workflows.Expressions;
using Portal.Workflows.Maps;
using Portal.Workflows.Notation;

namespace Portal.Tests.Processes;

public sealed class MapLibraryTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private MapLibrary Library => office.Library;

    [Fact]
    public async Task Save_OverAnothersWork_IsRefused_WithWhoWasFirst()
    {
        var other = ProcessOffice.Person(Guid.CreateVersion7(), "Bea Line", StandardRoles.Analyst);
        var draft = await Library.SaveDraftAsync(Bpmn.File(ProcessRunnerTests.TwoTasks, "drawn"), null, office.Analyst, default);
        await Library.SaveDraftAsync(draft.Xml.Replace("ask", "query"), draft.Revision, other, default);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Library.SaveDraftAsync(draft.Xml, draft.Revision, office.Analyst, default));

        Assert.Equal(("map.changed-by", "Bea Line"), (refusal.Code, refusal.Args[0]));
    }

    [Fact]
    public async Task Save_TheFirstDraftTwiceAtOnce_LetsOneWin()
    {
        var saves = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await Library.SaveDraftAsync(Bpmn.File(ProcessRunnerTests.TwoTasks, "raced"), null, office.Analyst, default);
                return "saved";
            }
            catch (RuleBrokenException refusal)
            {
                return refusal.Code;
            }
        }));

        Assert.Equal(1, saves.Count(s => s == "saved"));
        Assert.Equal(3, saves.Count(s => s == "map.changed-by"));
    }

    [Theory]
    [InlineData("../../etc/x")]
    [InlineData("1st")]
    [InlineData("a b")]
    [InlineData("p:order")]
    public async Task Save_UnderAnIdThatIsNoName_IsRefused(string key)
    {
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Library.SaveDraftAsync(Bpmn.File("""<startEvent id="s"/>""", key), null, office.Analyst, default));
        Assert.Equal(("map.key-invalid", key), (refusal.Code, refusal.Args[0]));
    }

    [Fact]
    public async Task Publish_WithAnElementTheEngineRefuses_NamesIt()
    {
        var draft = await Library.SaveDraftAsync(Bpmn.File($"""<startEvent id="s"/><complexGateway id="knot" name="Knot"/><endEvent id="e"/>{Bpmn.Flows("s-knot; knot-e")}""", "refused"), null, office.Analyst, default);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Library.PublishAsync("refused", draft.Revision, office.Analyst, default));

        Assert.Equal(["Knot", "complexGateway"], refusal.Args);
        Assert.Contains(Library.Check(draft.Xml), f => f.ElementId == "knot");
        Assert.Null((await Library.ListAsync(office.Analyst, default)).Single(m => m.Key == "refused").Version);
    }

    [Fact]
    public async Task Publish_GivesTheNextVersion_AndTheDraftIsGone()
    {
        await office.PublishAsync("twice", ProcessRunnerTests.TwoTasks);
        await office.PublishAsync("twice", ProcessRunnerTests.TwoTasks.Replace("Agreed?", "Do they agree?"));

        var versions = await Library.VersionsAsync("twice", office.Analyst, default);

        Assert.Equal([2, 1], versions.Select(v => v.Version));
        Assert.Equal("Ada Chart", versions[0].PublishedBy);
        Assert.Null(await Library.ReadAsync("twice", null, office.Analyst, default));
    }

    [Fact]
    public async Task Publish_WhatIsTheSameAsTheNewest_IsRefused()
    {
        await office.PublishAsync("same", ProcessRunnerTests.TwoTasks);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.PublishAsync("same", ProcessRunnerTests.TwoTasks));

        Assert.Equal("map.unchanged", refusal.Code);
    }

    [Fact]
    public async Task Publish_WithoutTheRight_IsRefused()
    {
        var draft = await Library.SaveDraftAsync(Bpmn.File(ProcessRunnerTests.TwoTasks, "guarded"), null, office.Analyst, default);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Library.PublishAsync("guarded", draft.Revision, ProcessOffice.Person(Guid.CreateVersion7(), "Sal", "sales"), default));

        Assert.Equal("identity.not-allowed", refusal.Code);
    }

    [Fact]
    public async Task Create_UnderAKeyThatIsTaken_IsRefused()
    {
        await office.PublishAsync("taken", ProcessRunnerTests.TwoTasks);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Library.CreateAsync(NewMap.Named("Errand", "taken"), office.Analyst, default));

        Assert.Equal(("map.key-taken", "taken"), (refusal.Code, refusal.Args[0]));
        Assert.Null(await Library.ReadAsync("taken", null, office.Analyst, default));
    }

    [Fact]
    public async Task List_OfDrafts_ReadsNoDrawing()
    {
        await Library.SaveDraftAsync(Bpmn.File(ProcessRunnerTests.TwoTasks, "unread").Replace("id=\"unread\"", "id=\"unread\" name=\"Left alone\""), null, office.Analyst, default);
        await using var spoil = office.Data.CreateCommand("update process.definition set xml = 'spoilt' where key = 'unread'");
        await spoil.ExecuteNonQueryAsync();

        var line = (await Library.ListAsync(office.Analyst, default)).Single(l => l.Key == "unread");

        await using var forget = office.Data.CreateCommand("delete from process.definition where key = 'unread'");
        await forget.ExecuteNonQueryAsync();
        Assert.Equal(("Left alone", true), (line.Name.Default, line.HasDraft));
    }

    [Fact]
    public async Task Import_AsANewMap_LeavesTheOtherAndKeepsItsDrawing()
    {
        await office.PublishAsync("origin", ProcessRunnerTests.TwoTasks);
        var file = (await Library.ReadAsync("origin", 1, office.Analyst, default))!.Xml;
        var import = new MapImport(Library);
        Task<TakenMap> TakeAsync(int? over, string? key) => import.TakeAsync(new MemoryStream(Encoding.UTF8.GetBytes(file)), over, key, office.Analyst, default);

        Assert.Equal("map.there", (await Assert.ThrowsAsync<RuleBrokenException>(() => TakeAsync(null, null))).Code);
        Assert.Equal("map.key-taken", (await Assert.ThrowsAsync<RuleBrokenException>(() => TakeAsync(null, "origin"))).Code);
        Assert.Equal("map.key-invalid", (await Assert.ThrowsAsync<RuleBrokenException>(() => TakeAsync(null, "a b"))).Code);
        Assert.Equal("copy", (await TakeAsync(null, "copy")).Key);
        Assert.Equal("origin", (await TakeAsync(0, null)).Key);

        Assert.NotNull(await Library.ReadAsync("copy", null, office.Analyst, default));
        Assert.Equal(file, (await Library.ReadAsync("origin", 1, office.Analyst, default))!.Xml);
    }

    [Fact]
    public void Check_OfAFileOfAnotherModeler_NamesWhatItWroteForItsOwnEngine()
    {
        var file = Bpmn.File("""
            <startEvent id="s"/><userTask id="t" name="Ask" camunda:assignee="ann"><extensionElements><portal:assignment candidateRoles="sales"/><camunda:formData><camunda:formField id="f"/></camunda:formData></extensionElements></userTask>
            """ + Bpmn.Flows("s-t"), "brought").Replace("<definitions ", "<definitions xmlns:camunda=\"http://camunda.org/schema/1.0/bpmn\" ", StringComparison.Ordinal);

        var finding = Assert.Single(Library.Check(file), f => f.Code == "map.foreign-extensions");

        Assert.Equal(("brought", "camunda:assignee, camunda:formData", true), (finding.ElementId, finding.Args[1], finding.IsWarning));
    }

    /// <summary>A company that was founded with an older product: version 1 as that one shipped it.</summary>
    private async Task<string> OlderClaimAsync(ProcessOffice old)
    {
        await old.Library.PublishShippedAsync(default);
        var key = ShippedMaps.Claim.ToMap().Process.Key;
        await using var older = old.Data.CreateCommand("update process.definition set xml = replace(xml, 'name=\"Claim\"', 'name=\"Older claim\"'), hash = 'older', shipped = 'older' where key = $1");
        older.Parameters.Add(new() { Value = key });
        Assert.Equal(1, await older.ExecuteNonQueryAsync());
        return key;
    }

    [Fact]
    public async Task Shipped_ThatNobodyAltered_FollowsTheProduct_AndRunningProcessesStay()
    {
        await using var old = await ProcessOffice.FoundAsync();
        var key = await OlderClaimAsync(old);
        var running = await old.Runner.StartAsync(key, null, ContextValue.Empty, await old.AddAsync("Sal", "customer-service"));

        Assert.Equal((1, 0), (await old.Library.PublishShippedAsync(default), await old.Library.PublishShippedAsync(default)));

        var versions = await old.Library.VersionsAsync(key, old.Analyst, default);
        Assert.Equal([(2, 0), (1, 1)], versions.Select(v => (v.Version!.Value, v.Running)));
        Assert.Equal(ShippedMaps.Claim.Hash(), versions[0].Hash);
        Assert.Equal(versions[1].Id, (await old.InstanceAsync(running)).Definition);
        Assert.False(await old.Library.IsShippedNewerAsync(key, old.Analyst, default));
    }

    [Fact]
    public async Task Shipped_ThatWasAltered_IsLeftAlone_AndTheNewerIsOffered()
    {
        await using var old = await ProcessOffice.FoundAsync();
        var key = await OlderClaimAsync(old);
        var own = await old.Library.SaveDraftAsync((await old.Library.ReadAsync(key, 1, old.Analyst, default))!.Xml.Replace("Older claim", "Our claim"), null, old.Analyst, default);
        Assert.Equal(0, await old.Library.PublishShippedAsync(default));
        await old.Library.PublishAsync(key, own.Revision, old.Analyst, default);

        Assert.Equal(0, await old.Library.PublishShippedAsync(default));
        Assert.True(await old.Library.IsShippedNewerAsync(key, old.Analyst, default));
        await old.Library.TakeShippedAsync(key, null, old.Analyst, default);

        var draft = (await old.Library.ReadAsync(key, null, old.Analyst, default))!;
        Assert.Equal(ShippedMaps.Claim.Hash(), MapDocument.Parse(draft.Xml).Hash());
        Assert.False(await old.Library.IsShippedNewerAsync(key, old.Analyst, default));
        await old.Library.DiscardDraftAsync(key, draft.Revision, old.Analyst, default);
        Assert.True(await old.Library.IsShippedNewerAsync(key, old.Analyst, default));
        await old.Library.KeepOwnAsync(key, old.Analyst, default);
        Assert.False(await old.Library.IsShippedNewerAsync(key, old.Analyst, default));
        Assert.Equal(0, await old.Library.PublishShippedAsync(default));
    }

    [Fact]
    public async Task Shipped_ArePublishedOnce_AndNeverOverOnesOwn()
    {
        await using var node = office.NewNode();
        await Task.WhenAll(Library.PublishShippedAsync(default), Library.PublishShippedAsync(default));
        var sale = ShippedMaps.Sale.ToMap().Process.Key;
        var drawing = await Library.ReadAsync(sale, 1, office.Analyst, default);
        var own = await Library.SaveDraftAsync(drawing!.Xml.Replace("name=\"Sale\"", "name=\"Our sale\""), null, office.Analyst, default);
        await Library.PublishAsync(sale, own.Revision, office.Analyst, default);

        Assert.Equal(0, await Library.PublishShippedAsync(default));
        Assert.False(await Library.IsShippedNewerAsync(sale, office.Analyst, default));

        var lines = await Library.ListAsync(office.Analyst, default);
        Assert.Equal("Our sale", lines.Single(l => l.Key == sale).Name.Default);
        Assert.Equal(1, lines.Single(l => l.Key == ShippedMaps.Claim.ToMap().Process.Key).Version);
    }
}
