using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Tests.Processes;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

[assembly: HostingStartup(typeof(OutsideAction))]

namespace Portal.Tests.Processes;

/// <summary>
/// Gives the application, when it runs as a process of its own, the action <c>test.outside.post</c>, which tells an address outside
/// of the call's key and waits for its answer. Loaded by the host where the environment names this assembly.
/// </summary>
public sealed class OutsideAction : IHostingStartup
{
    /// <summary>Environment variable with the address.</summary>
    public const string Address = "TEST_OUTSIDE";

    public void Configure(IWebHostBuilder builder)
    {
        if (Environment.GetEnvironmentVariable(Address) is { } address) builder.ConfigureServices(services => services.AddSingleton(To(new Uri(address))));
    }

    internal static ProcessAction To(Uri address) => new("test.outside.post", true, [], async (call, ct) =>
    {
        using var client = new HttpClient();
        var answer = await client.PostAsync(new Uri(address, $"?key={call.Key}"), null, ct);
        return ContextValue.Of(("answer", Value.Of(await answer.Content.ReadAsStringAsync(ct))));
    });
}

/// <summary>The real application is killed in the middle of its work; another node takes over when the lease has ended.</summary>
public sealed class ProcessFaultTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private const string Sales = """<extensionElements><portal:assignment candidateRoles="sales"/></extensionElements>""";
    private const string Timer = """<timerEventDefinition><timeDuration>PT0.1S</timeDuration></timerEventDefinition>""";

    private async Task<InstanceId> StartAsync(string key, ObjectRef? about = null)
    {
        // by the real clock, as the killed application goes by it
        await using var node = office.NewNode(TimeProvider.System);
        return await node.GetRequiredService<ProcessRunner>().StartAsync(key, about, ContextValue.Empty, office.Analyst);
    }

    private async Task<NpgsqlConnection> HoldAsync(InstanceId id)
    {
        var holder = await office.Data.OpenConnectionAsync();
        await using var hold = new NpgsqlCommand("begin; select 1 from process.instance where id = '" + id.Value + "' for update", holder);
        await hold.ExecuteNonQueryAsync();
        return holder;
    }

    private async Task RecoverAsync(Action<IServiceCollection>? furnish = null)
    {
        // for its clock every lease of now has ended
        await using var node = office.NewNode(new ForwardClock(TimeSpan.FromSeconds(90)), furnish);
        await office.WorkAsync(node);
    }

    private static async Task KilledAsync(ProcessOffice office, Func<PortalProcess, Task> untilThen, IReadOnlyDictionary<string, string>? settings = null)
    {
        var data = Directory.CreateTempSubdirectory("portal-process-").FullName;
        await using (var portal = await PortalProcess.StartAsync(data, office.Database.OwnerConnection, settings, withTests: settings is not null))
        {
            await untilThen(portal);
            await portal.KillAsync();
        }
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Fault 3: the step that sends a message is committed, its receiver is not yet reached.</summary>
    [Fact]
    public async Task Kill_BetweenAStepsCommitAndItsEffect_HasTheEffectOnce()
    {
        const string message = """<message id="m" name="f-told"/>""";
        await office.PublishAsync("f-to", $"""<startEvent id="s"/><receiveTask id="wait" messageRef="m"/><userTask id="after">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-wait; wait-after; after-e")}""", message);
        await office.PublishAsync("f-from", $"""<startEvent id="s"/><intermediateCatchEvent id="soon">{Timer}</intermediateCatchEvent><sendTask id="send" messageRef="m"/><endEvent id="e"/>{Bpmn.Flows("s-soon; soon-send; send-e")}""", message);
        var about = new ObjectRef(ObjectKind.Partner, Guid.CreateVersion7());
        var (to, from) = (await StartAsync("f-to", about), await StartAsync("f-from", about));
        await using var holder = await HoldAsync(to);

        await KilledAsync(office, async _ =>
        {
            await Support.Wait.UntilAsync(async () => (await office.InstanceAsync(from)).Status == InstanceStatus.Completed, "the sender's step to be committed");
            await office.SomebodyWaitsAsync();
        });
        await holder.CloseAsync();
        await RecoverAsync();
        await RecoverAsync();

        Assert.NotNull(await office.TaskAsync(to, "after"));
        Assert.Equal(1L, await office.ValueAsync<long>("select count(*) from process.history where instance = $1 and kind = 'Left' and node = 'wait'", to.Value));
        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from core.outbox where done_at is null and kind = 'process.message'"));
    }

    /// <summary>Fault 4: the world has answered nothing yet when the caller dies; it is called again under the same key, and the process goes on once.</summary>
    [Fact]
    public async Task Kill_AfterAnOutsideCall_BeforeItsAnswer_CallsAgainUnderTheSameKey()
    {
        var calls = new ConcurrentQueue<string>();
        var answering = new TaskCompletionSource();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var world = builder.Build();
        world.Run(async context =>
        {
            calls.Enqueue(context.Request.Query["key"]!);
            await answering.Task.WaitAsync(context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            if (!context.RequestAborted.IsCancellationRequested) await context.Response.WriteAsync("received");
        });
        await world.StartAsync();
        var address = new Uri(world.Urls.Single());
        await office.PublishWithAsync("f-outside", $"""<startEvent id="s"/><serviceTask id="call"><extensionElements><portal:action name="test.outside.post" external="true"/></extensionElements></serviceTask><userTask id="after">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-call; call-after; after-e")}""", OutsideAction.To(address));
        var id = await StartAsync("f-outside");

        await KilledAsync(office, _ => Support.Wait.UntilAsync(() => !calls.IsEmpty, "the outside call"), new Dictionary<string, string>
        {
            [OutsideAction.Address] = address.ToString(), ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "Portal.Tests",
        });
        answering.SetResult();
        await RecoverAsync(services => services.AddSingleton(OutsideAction.To(address)));

        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal(2, calls.Count);
        Assert.Single(calls.Distinct());
        Assert.Equal(Value.Of("received"), (await office.StateAsync(id)).Variables["answer"]);
    }

    /// <summary>Fault 11: the node dies while it runs a job; another recovers it once.</summary>
    [Fact]
    public async Task Kill_InTheMiddleOfAJob_RecoversItOnce()
    {
        await office.PublishAsync("f-job", $"""<startEvent id="s"/><intermediateCatchEvent id="soon">{Timer}</intermediateCatchEvent><userTask id="after">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-soon; soon-after; after-e")}""");
        var id = await StartAsync("f-job");
        await using var holder = await HoldAsync(id);

        await KilledAsync(office, _ => office.SomebodyWaitsAsync());
        await holder.CloseAsync();
        Assert.Empty(await office.TasksAsync(id));
        await using (var early = office.NewNode(TimeProvider.System)) await office.WorkAsync(early);
        Assert.Empty(await office.TasksAsync(id));
        await RecoverAsync();

        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal(2L, (await office.InstanceAsync(id)).Revision);
    }
}
