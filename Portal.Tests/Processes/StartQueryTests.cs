using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Portal.Tests.Processes;

/// <summary>What somebody needs who starts a process by hand.</summary>
public sealed class StartQueryTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private StartQuery Starts => office.Services.GetRequiredService<StartQuery>();

    private static string Asking(string label) => $"""
        <startEvent id="s"><extensionElements><portal:form><portal:field key="need" label="{label}" required="true"/></portal:form></extensionElements></startEvent>
        <userTask id="t"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask>{Bpmn.Flows("s-t")}
        """;

    [Fact]
    public async Task Maps_AreTheNewestVersions_ThatBeginByHand()
    {
        await office.PublishAsync("asking", Asking("Need"));
        await office.PublishAsync("asking", Asking("What is needed"));
        await office.PublishAsync("byClock", """<startEvent id="s"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent><manualTask id="t"/>""" + Bpmn.Flows("s-t"));
        await office.Library.SaveDraftAsync(Bpmn.File(Asking("Draft"), "drawn"), null, office.Analyst, default);

        var maps = await Starts.MapsAsync(await office.AddAsync("Sal", "sales"));

        Assert.Equal("What is needed", Assert.Single(maps, m => m.Key == "asking").Start.Work.Form[0].Label.Default);
        Assert.DoesNotContain(maps, m => m.Key is "byClock" or "drawn");
        Assert.Equal([true, false, false], (await office.Library.ListAsync(office.Analyst, default)).Where(m => m.Key is "asking" or "byClock" or "drawn").Select(m => m.StartsByHand));
    }

    [Fact]
    public async Task Start_WithoutWhatTheStartAsks_IsRefused_AndLeavesNothing()
    {
        await office.PublishAsync("strict", Asking("Need"));
        var seller = await office.AddAsync("Sal", "sales");

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.StartAsync("strict", null, ContextValue.Empty, seller));
        var id = await office.Runner.StartAsync("strict", null, ContextValue.Of(("need", Value.Of("Chairs"))), seller);

        Assert.Equal("process.field-missing", refusal.Code);
        await using var db = office.Open();
        Assert.Equal([id], await db.Set<InstanceRow>().Where(i => i.Key == "strict").Select(i => i.Id).ToListAsync());
        Assert.Equal(Value.Of("Chairs"), (await office.StateAsync(id)).Variables["need"]);
    }

    [Fact]
    public async Task Subjects_AreClientsForWhoStarts_AndTripsOnlyForWhoSeesTheBoard()
    {
        var trip = Guid.CreateVersion7();
        await using (var db = office.Open())
        {
            db.Add(new Partner(PartnerId.New(), "Quayside Cafe", PartnerKinds.Client));
            db.Add(new Infrastructure.Database.SearchRow { Kind = ObjectKind.Trip, ObjectId = trip, Title = "Quayside to Mill", Text = "" });
            await db.SaveChangesAsync();
        }
        var seller = await office.AddAsync("Sal", "sales");
        var both = ProcessOffice.Person(Guid.CreateVersion7(), "Dee", "sales", StandardRoles.Dispatcher);
        var stranger = ProcessOffice.Person(Guid.CreateVersion7(), "Dora", StandardRoles.Driver);

        Assert.Equal(["Quayside Cafe"], (await Starts.SubjectsAsync("quayside", seller)).Select(r => r.Title));
        Assert.Contains(trip, (await Starts.SubjectsAsync("quayside", both)).Select(r => r.ObjectId));
        Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(() => Starts.SubjectsAsync("quayside", stranger))).Code);
        Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(() => Starts.MapsAsync(stranger))).Code);
    }
}
