using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Infrastructure.Processes;
using Portal.Tests.Dispatch;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

/// <summary>Faults 9 and 10: the clock is wrong by two hours, and the company's clock is moved for the summer.</summary>
public sealed class ClockFaultTests(ClockFaultTests.Office office) : IClassFixture<ClockFaultTests.Office>
{
    /// <summary>A company in a zone whose clocks go forward on 29 March 2026 at 01:00 UTC.</summary>
    public sealed class Office : ProcessOffice
    {
        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await ValueAsync<string>("with moved as (update identity.company set time_zone = 'Europe/Chisinau' returning 1) select 'moved' from moved");
        }
    }

    private const string Sales = """<extensionElements><portal:assignment candidateRoles="sales"/></extensionElements>""";

    private async Task<long> StartedAsync(string key) => await office.ValueAsync<long>("select count(*) from process.instance where key = $1", key);

    private static string Every(string cycle) =>
        $"""<startEvent id="tick"><timerEventDefinition><timeCycle>{cycle}</timeCycle></timerEventDefinition></startEvent><endEvent id="e"/>{Bpmn.Flows("tick-e")}""";

    [Fact]
    public async Task Clock_TwoHoursAhead_AndBackAgain_NeitherStormsNorLosesATimer()
    {
        await office.PublishAsync("c-wrong", Every("R/PT10M"));
        await office.PublishAsync("c-once", $"""<startEvent id="s"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT3H</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="after">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-wait; wait-after; after-e")}""");
        var once = await office.Runner.StartAsync("c-once", null, ContextValue.Empty, office.Analyst);
        await office.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(1, await StartedAsync("c-wrong"));

        // two hours ahead: what was missed in between comes once, not twelve times
        await office.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal(2, await StartedAsync("c-wrong"));
        // a worker that dies now leaves leases in what will be the future
        await office.ValueAsync<string>("with held as (update process.job set locked_until = $1, locked_by = 'dead' returning 1) select count(*)::text from held", office.Clock.GetUtcNow().AddSeconds(60));
        await office.AdvanceAsync(TimeSpan.FromHours(-2));
        Assert.Equal(2, await StartedAsync("c-wrong"));
        Assert.Empty(await office.TasksAsync(once));
        await office.AdvanceAsync(TimeSpan.FromHours(2) + TimeSpan.FromMinutes(10));
        Assert.Equal(3, await StartedAsync("c-wrong"));
        await office.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.NotNull(await office.TaskAsync(once, "after"));
        Assert.Equal(1L, await office.ValueAsync<long>("select count(*) from process.job j join process.definition d on d.id = j.definition where d.key = 'c-wrong'"));
    }

    [Fact]
    public async Task Summertime_DoublesAndLosesNoJob()
    {
        office.Clock.Advance(new DateTimeOffset(2026, 3, 28, 0, 30, 0, TimeSpan.Zero) - office.Clock.GetUtcNow());
        await office.PublishAsync("c-daily", Every("R/PT1H"));
        // tomorrow, the day on which the company's clock jumps
        await office.PublishAsync("c-local", $"""<startEvent id="s"/><userTask id="t"><extensionElements><portal:assignment candidateRoles="sales"/><portal:schedule due="=today() + duration(&quot;P1D&quot;)" escalateTo="sales-head"/></extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-e")}""");
        var local = await office.Runner.StartAsync("c-local", null, ContextValue.Empty, office.Analyst);

        for (var half = 0; half < 96; half++) await office.AdvanceAsync(TimeSpan.FromMinutes(30));

        Assert.Equal(48, await StartedAsync("c-daily"));
        var task = await office.TaskAsync(local, "t");
        var over = new DateTimeOffset(2026, 3, 29, 22, 0, 0, TimeSpan.Zero);
        Assert.Equal((over.AddSeconds(-1), over), (task.Due!.Value, task.EscalatedAt!.Value));
    }
}
