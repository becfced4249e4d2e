using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Maps;

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
    public async Task Shipped_ArePublishedOnce_AndNeverOverOnesOwn()
    {
        await using var node = office.NewNode();
        await Task.WhenAll(Library.PublishShippedAsync(default), Library.PublishShippedAsync(default));
        var sale = ShippedMaps.Sale.ToMap().Process.Key;
        var drawing = await Library.ReadAsync(sale, 1, office.Analyst, default);
        var own = await Library.SaveDraftAsync(drawing!.Xml.Replace("name=\"Sale\"", "name=\"Our sale\""), null, office.Analyst, default);
        await Library.PublishAsync(sale, own.Revision, office.Analyst, default);

        Assert.Equal(0, await Library.PublishShippedAsync(default));

        var lines = await Library.ListAsync(office.Analyst, default);
        Assert.Equal("Our sale", lines.Single(l => l.Key == sale).Name.Default);
        Assert.Equal(1, lines.Single(l => l.Key == ShippedMaps.Claim.ToMap().Process.Key).Version);
    }
}
