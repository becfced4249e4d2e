using System.Collections.Frozen;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

public sealed class MessageTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private static readonly string Paid = $"""<message id="paid" name="paid">{Bpmn.Form("amount:number")}</message><signal id="stop" name="stop"/>""";

    private static string Waits(string name) => $"""
        <startEvent id="s"/><receiveTask id="wait" messageRef="paid"/><userTask id="after"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask><endEvent id="e"/>
        {Bpmn.Flows("s-wait; wait-after; after-e")}
        """;

    private static readonly string Begins = """<startEvent id="s"><messageEventDefinition messageRef="begun"/></startEvent><userTask id="t"/>""" + Bpmn.Flows("s-t");

    private static ObjectRef Object() => new(ObjectKind.Partner, Guid.CreateVersion7());

    private static ProcessMessage Message(string id, ObjectRef about, params (string, Value)[] payload) => new(id, "paid", OutboxKinds.KeyOf(about), ContextValue.Of(payload));

    private Task<Correlation> SendAsync(ProcessMessage message) => office.Runner.CorrelateAsync(message, Actor.System("test"));

    /// <summary>Somebody whom an administrator has let programs work under.</summary>
    private static Actor Teller(Actor actor) => actor with { Permissions = actor.Permissions.Append(Permissions.ProcessTell).ToFrozenSet() };

    private async Task<InstanceId> StartAsync(string key, ObjectRef about) => await office.Runner.StartAsync(key, about, ContextValue.Empty, office.Analyst);

    [Fact]
    public async Task Message_GoesToTheOneWhoWaitsForItsKey()
    {
        await office.PublishAsync("m-one", Waits("m-one"), Paid);
        var (mine, other) = (Object(), Object());
        var (id, bystander) = (await StartAsync("m-one", mine), await StartAsync("m-one", other));

        var sent = await SendAsync(Message("one-1", mine, ("amount", Value.Of(5))));

        Assert.Equal(new Correlation(CorrelationOutcome.Delivered, id), sent);
        Assert.Equal(Value.Of(5), (await office.StateAsync(id)).Variables["amount"]);
        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Empty(await office.TasksAsync(bystander));
    }

    [Fact]
    public async Task Message_ThatCameFirst_IsBufferedUntilSomebodyWaits()
    {
        await office.PublishAsync("m-early", Waits("m-early"), Paid);
        var about = Object();

        var sent = await SendAsync(Message("early-1", about));
        var id = await StartAsync("m-early", about);

        Assert.Equal(CorrelationOutcome.Buffered, sent.Outcome);
        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal(new Correlation(CorrelationOutcome.Delivered, id), await SendAsync(Message("early-1", about)));
        var second = await StartAsync("m-early", about);
        Assert.Empty(await office.TasksAsync(second));
    }

    [Theory]
    [InlineData(ObjectKind.Partner, false)]
    [InlineData(ObjectKind.Trip, true)]
    public async Task Message_OfAPerson_StartsNothingAboutWhatIsNotThereForHim(ObjectKind kind, bool isThere)
    {
        var name = $"m-begun-{kind}";
        await office.PublishAsync(name, Begins, $"<message id=\"begun\" name=\"{name}\"/>");
        var (seller, hidden, seen) = (Teller(await office.AddAsync("Sal", "sales")), new ObjectRef(kind, Guid.CreateVersion7()), Object());
        await using (var db = office.Open())
        {
            if (isThere) db.Add(new SearchRow { Kind = kind, ObjectId = hidden.Id, Title = "Quay to Mill", Text = "" });
            db.Add(new SearchRow { Kind = seen.Kind, ObjectId = seen.Id, Title = "Quay Bakery", Text = "" });
            await db.SaveChangesAsync();
        }

        Task<Correlation> BeginAsync(string id, ObjectRef about, Actor by) => office.Runner.CorrelateAsync(new(id + kind, name, OutboxKinds.KeyOf(about), ContextValue.Empty), by);

        Assert.Equal("process.about-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => BeginAsync("hidden", hidden, seller))).Code);
        Assert.Equal("process.about-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.CorrelateAsync(Message("kept" + kind, hidden), seller))).Code);
        Assert.Equal(CorrelationOutcome.Started, (await BeginAsync("seen", seen, seller)).Outcome);
        Assert.Equal(CorrelationOutcome.Started, (await BeginAsync("system", hidden, Actor.System("test"))).Outcome);
    }

    [Fact]
    public async Task Message_OfAPerson_ToAProcessHeDoesNotSee_IsRefusedAsToAMissingOne()
    {
        await office.PublishAsync("m-wall", Waits("m-wall"), Paid);
        var (about, seller) = (Object(), Teller(await office.AddAsync("Sal", "sales")));
        var far = Teller(await office.AddAsync("Nora", "sales")) with { Scope = ActorScope.Branch, BranchId = Guid.CreateVersion7() };
        await using (var db = office.Open())
        {
            db.Add(new Partner(new PartnerId(about.Id), "Quay Bakery", PartnerKinds.Client));
            await db.SaveChangesAsync();
        }
        var id = await office.Runner.StartAsync("m-wall", about, ContextValue.Of(("amount", Value.Of(1))), seller with { BranchId = office.Branch.Value });

        async Task<string> RefusalAsync(string message, InstanceId? to) =>
            (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.CorrelateAsync(Message(message, about, ("amount", Value.Of(9))) with { Instance = to }, far))).Code;

        Assert.Equal((await RefusalAsync("wall-none", InstanceId.New()), "process.nobody-waits"), (await RefusalAsync("wall-one", id), await RefusalAsync("wall-key", null)));
        Assert.Equal(Value.Of(1), (await office.StateAsync(id)).Variables["amount"]);
        Assert.Equal(new Correlation(CorrelationOutcome.Delivered, id), await office.Runner.CorrelateAsync(Message("wall-mine", about), seller));
    }

    [Fact]
    public async Task Message_OfAPersonWithoutTheRight_IsRefused()
    {
        await office.PublishAsync("m-right", Waits("m-right"), Paid);
        var (about, seller) = (Object(), await office.AddAsync("Sal", "sales"));
        var id = await office.Runner.StartAsync("m-right", about, ContextValue.Of(("amount", Value.Of(1))), seller);

        var message = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.CorrelateAsync(Message("right-1", about, ("amount", Value.Of(9))), seller));
        var signal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.SignalAsync("right-2", "stop", ContextValue.Empty, seller));

        Assert.Equal(("identity.not-allowed", "identity.not-allowed"), (message.Code, signal.Code));
        Assert.Equal(Value.Of(1), (await office.StateAsync(id)).Variables["amount"]);
        Assert.Equal(CorrelationOutcome.Delivered, (await office.Runner.CorrelateAsync(Message("right-1", about, ("amount", Value.Of(9))), Teller(seller))).Outcome);
    }

    [Theory]
    [InlineData("process.message-field", "contract")]
    [InlineData("process.field-type", "amount")]
    public async Task Message_ThatBringsWhatIsNotDeclared_IsRefused_AndChangesNothing(string code, string field)
    {
        await office.PublishAsync($"m-brings-{field}", Waits("m-brings"), Paid);
        var about = Object();
        var id = await StartAsync($"m-brings-{field}", about);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => SendAsync(Message($"brings-{field}", about, (field, Value.Of("FAKE")))));

        Assert.Equal((code, field), (refusal.Code, refusal.Args[1]));
        Assert.Empty((await office.StateAsync(id)).Variables.Entries);
        Assert.Equal(CorrelationOutcome.Delivered, (await SendAsync(Message($"brings-{field}", about))).Outcome);
    }

    /// <summary>It must not stop whoever comes to wait for it, so it is set aside and the history tells.</summary>
    [Fact]
    public async Task Message_KeptWithWhatIsNotDeclared_IsSetAsideWhenSomebodyWaits()
    {
        await office.PublishAsync("m-kept", Waits("m-kept"), Paid);
        var about = Object();
        await SendAsync(Message("kept-bad", about, ("contract", Value.Of("FAKE"))));
        await SendAsync(Message("kept-good", about, ("amount", Value.Of(5))));

        var id = await StartAsync("m-kept", about);

        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal(["amount"], (await office.StateAsync(id)).Variables.Entries.Keys);
        Assert.Equal(new Correlation(CorrelationOutcome.Refused, id), await SendAsync(Message("kept-bad", about, ("contract", Value.Of("FAKE")))));
        Assert.Contains("contract", await office.ValueAsync<string>("select detail from process.history where instance = $1 and kind = 'Incident'", id.Value));
    }

    [Fact]
    public async Task Message_ToAVersionPublishedBefore_BringsTheFieldsOfItsForms()
    {
        const string body = """
            <startEvent id="s"/><receiveTask id="wait" messageRef="paid"/><userTask id="after"><extensionElements><portal:assignment candidateRoles="sales"/><portal:form><portal:field key="amount" type="number" required="true"/></portal:form></extensionElements></userTask><endEvent id="e"/>
            """;
        await office.PublishAsync("m-before", body + Bpmn.Flows("s-wait; wait-after; after-e"), """<message id="paid" name="paid"/>""");
        await office.ValueAsync<object>("with old as (update process.definition set takes_form_fields = true where key = 'm-before' returning 1) select count(*)::text from old");
        var about = Object();
        var id = await StartAsync("m-before", about);

        Assert.Equal("process.message-field", (await Assert.ThrowsAsync<RuleBrokenException>(() => SendAsync(Message("before-1", about, ("contract", Value.Of("FAKE")))))).Code);
        await SendAsync(Message("before-1", about, ("amount", Value.Of(5))));

        Assert.Equal(Value.Of(5), (await office.StateAsync(id)).Variables["amount"]);
    }

    [Fact]
    public async Task Message_ThatExpired_IsDeliveredToNobody()
    {
        await office.PublishAsync("m-old", Waits("m-old"), Paid);
        var about = Object();
        await SendAsync(Message("old-1", about) with { TimeToLive = TimeSpan.FromHours(1) });

        office.Clock.Advance(TimeSpan.FromHours(1));
        var id = await StartAsync("m-old", about);

        Assert.Empty(await office.TasksAsync(id));
    }

    [Fact]
    public async Task Message_ThatSeveralWaitFor_IsRefused_AndNobodyGetsIt()
    {
        await office.PublishAsync("m-two", Waits("m-two"), Paid);
        var about = Object();
        var ids = new[] { await StartAsync("m-two", about), await StartAsync("m-two", about) };

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => SendAsync(Message("two-1", about)));
        var toOne = await SendAsync(Message("two-2", about) with { Instance = ids[1] });

        Assert.Equal(("process.message-ambiguous", 2), (refusal.Code, refusal.Args[2]));
        Assert.Equal(ids[1], toOne.Instance);
        Assert.Empty(await office.TasksAsync(ids[0]));
    }

    [Fact]
    public async Task Message_TheSameIdManyTimesAtOnce_IsOne()
    {
        await office.PublishAsync("m-same", Waits("m-same"), Paid);
        var about = Object();
        var id = await StartAsync("m-same", about);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(Message("same-1", about))));

        Assert.All(answers, a => Assert.Equal(new Correlation(CorrelationOutcome.Delivered, id), a));
        Assert.NotNull(await office.TaskAsync(id, "after"));
    }

    /// <summary>The sender looks for a subscriber before the subscriber commits, and the subscriber looks for a message before the sender commits.</summary>
    [Fact]
    public async Task Message_WhileItsReceiverIsBeingStarted_ReachesIt()
    {
        await office.PublishAsync("m-race", Waits("m-race"), Paid);
        var abouts = Enumerable.Range(0, 30).Select(_ => Object()).ToList();

        await Task.WhenAll(abouts.Select((about, i) => Task.WhenAll(SendAsync(Message($"race-{i}", about)), StartAsync("m-race", about))));

        Assert.Equal(30L, await office.ValueAsync<long>("select count(*) from process.task where key = 'm-race' and node = 'after'"));
        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.message where id like 'race-%' and delivered_at is null"));
    }

    [Fact]
    public async Task Message_ThatStartsAMap_StartsTheNewestVersionOnly()
    {
        const string body = """<startEvent id="begun"><messageEventDefinition messageRef="m"/></startEvent><userTask id="t"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask><endEvent id="e"/>""";
        await office.PublishAsync("m-start", body + Bpmn.Flows("begun-t; t-e"), $"""<message id="m" name="m-start.begun">{Bpmn.Form("x:number")}</message>""");
        await office.PublishAsync("m-start", body.Replace("id=\"t\"", "id=\"t\" name=\"Second\"") + Bpmn.Flows("begun-t; t-e"), $"""<message id="m" name="m-start.begun">{Bpmn.Form("x:number")}</message>""");
        var about = Object();

        var sent = await SendAsync(new("start-1", "m-start.begun", OutboxKinds.KeyOf(about), ContextValue.Of(("x", Value.Of(1)))));
        var again = await SendAsync(new("start-1", "m-start.begun", OutboxKinds.KeyOf(about), ContextValue.Of(("x", Value.Of(1)))));
        // another message under the same id must not be taken for a repeat of the first
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => SendAsync(new("start-1", "m-start.begun", OutboxKinds.KeyOf(about), ContextValue.Of(("x", Value.Of(2))))));
        Assert.Equal("command.key-reused", refusal.Code);

        Assert.Equal(CorrelationOutcome.Started, sent.Outcome);
        Assert.Equal(sent, again);
        var started = await office.InstanceAsync(sent.Instance!.Value);
        Assert.Equal(about.Id, started.BusinessId);
        Assert.Contains("Second", (await office.TaskAsync(started.Id, "t")).Title);
        Assert.Equal(1L, await office.ValueAsync<long>("select count(*) from process.instance where key = 'm-start'"));
    }

    [Fact]
    public async Task Message_OfAMap_ReachesAnotherThroughTheOutbox_Once()
    {
        await office.PublishAsync("m-to", Waits("m-to"), Paid);
        await office.PublishAsync("m-from", $"""<startEvent id="s"/><sendTask id="send" messageRef="paid"/><endEvent id="e"/>{Bpmn.Flows("s-send; send-e")}""", Paid);
        var about = Object();
        var to = await StartAsync("m-to", about);

        await StartAsync("m-from", about);
        Assert.Empty(await office.TasksAsync(to));
        await office.WorkAsync();

        Assert.NotNull(await office.TaskAsync(to, "after"));
    }

    [Fact]
    public async Task Signal_ReachesEverybodyOnce_AlsoBesideAnActivity()
    {
        const string beside = """
            <startEvent id="s"/><userTask id="work"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask>
            <boundaryEvent id="heard" attachedToRef="work" cancelActivity="false"><signalEventDefinition signalRef="stop"/></boundaryEvent>
            <userTask id="also"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask><endEvent id="e"/>
            """;
        await office.PublishAsync("m-signal", beside + Bpmn.Flows("s-work; work-e; heard-also; also-e"), Paid);
        var ids = new[] { await StartAsync("m-signal", Object()), await StartAsync("m-signal", Object()) };

        await office.Runner.SignalAsync("signal-1", "stop", ContextValue.Empty, Actor.System("test"));
        await office.Runner.SignalAsync("signal-1", "stop", ContextValue.Empty, Actor.System("test"));
        await office.WorkAsync();
        // a worker that died after the effect and before its note brings it again
        await office.ValueAsync<object>("with again as (update core.outbox set done_at = null where kind = 'process.delivery' returning 1) select count(*)::text from again");
        await office.WorkAsync();

        foreach (var id in ids) Assert.Equal(["also", "work"], (await office.TasksAsync(id)).Select(t => t.Node));
    }
}
