using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Engine;

/// <summary>Tasks, actions, scripts, decisions, repetition, calls.</summary>
public sealed class ActivityTests
{
    private static PaperRunner Single(string node, string flows = "s-t; t-e") =>
        new(Bpmn.Process($"<startEvent id=\"s\"/>{node}<endEvent id=\"e\"/>{Bpmn.Flows(flows)}"));

    private static string Task(string extensions) => $"<userTask id=\"t\" name=\"Agree the price\"><extensionElements>{extensions}</extensionElements></userTask>";

    private static RuleBrokenException Refused(Action work) => Assert.Throws<RuleBrokenException>(work);

    [Fact]
    public void UserTask_GivesPeopleAllTheyNeed()
    {
        var runner = Single(Task("""
            <portal:instruction>Ask twice.</portal:instruction><portal:assignment assignee="=manager" candidateUsers="=[&quot;ann&quot;, &quot;bob&quot;]" candidateRoles="sales"/>
            <portal:schedule due="now() + duration(&quot;PT4H&quot;)" escalateTo="heads" priority="=if vip then 90 else 10"/>
            <portal:form><portal:field key="price" type="number" default="=amount * 2"/></portal:form><portal:stage key="offer" order="2" probability="30"/>
            """));
        var state = runner.Start("p", ("manager", Value.Of("eve")), ("vip", Value.True), ("amount", Value.Of(50)));
        var task = Assert.Single(runner.Tasks).Task;
        Assert.Equal(("Agree the price", "Ask twice.", "eve", 90), (task.Title.Default, task.Instruction!.Default, task.Assignee, task.Priority));
        Assert.Equal(["ann", "bob"], task.CandidateUsers);
        Assert.Equal(["sales"], task.CandidateRoles);
        Assert.Equal((runner.Now.AddHours(4), Value.Of(100), "offer"), (task.Due, task.Values["price"], task.Stage));
        Assert.Equal("offer", Standing.StageOf(Bpmn.Process($"<startEvent id=\"s\"/>{Task("<portal:stage key=\"offer\" order=\"2\"/>")}"), state)!.Key);
        runner.Advance(TimeSpan.FromHours(4));
        Assert.Equal((task.Task, "heads"), runner.Said.OfType<EscalateTask>().Select(e => (e.Task, e.To)).Single());
        Assert.Equal(["Agree the price"], runner.Open);
    }

    [Fact]
    public void Complete_ClosedTask_IsAConflict()
    {
        var runner = Single("<userTask id=\"t\"/><userTask id=\"u\"/>", "s-t; t-u; u-e");
        var state = runner.Start("p");
        var task = runner.Tasks.Single().Task.Task;
        runner.Complete("t");
        Assert.Equal("process.task-closed", Refused(() => runner.Send(state.Id, new TaskCompleted(task, ContextValue.Empty))).Code);
    }

    [Theory]
    [InlineData("process.field-missing", "price", null)]
    [InlineData("process.field-type", "price", "much")]
    [InlineData("process.field-choice", "way", "by balloon")]
    [InlineData("process.field-unknown", "owner", "me")]
    public void Complete_WithWrongValues_IsRefused_AndTheInstanceUnharmed(string code, string field, string? value)
    {
        var runner = Single(Task("""
            <portal:form><portal:field key="price" type="number" required="true"/><portal:field key="way" type="choice"><portal:option value="road"/></portal:field></portal:form>
            """));
        var state = runner.Start("p");
        var before = StateJson.Write(runner.Instances[state.Id]);
        var refusal = Refused(() => runner.Complete("t", ("price", Value.Of(1)), (field, Value.Of(value))));
        Assert.Equal((code, "Agree the price"), (refusal.Code, refusal.Args[0]));
        Assert.Equal(before, StateJson.Write(runner.Instances[state.Id]));
        runner.Complete("t", ("price", Value.Of(1)), ("way", Value.Of("road")));
        Assert.True(runner.AllEnded);
    }

    [Theory]
    [InlineData("number", "1.5", "1.5")]
    [InlineData("number", "1,5", null)]
    [InlineData("boolean", "true", "true")]
    [InlineData("boolean", "yes", null)]
    [InlineData("date", "2026-03-01", "2026-03-01")]
    [InlineData("date", "2026-03-01T10:00:00Z", null)]
    [InlineData("text", "any", "any")]
    [InlineData("number", " ", "")]
    public void Read_OfWhatWasTyped_GivesTheFieldsType(string type, string typed, string? expected)
    {
        var node = Bpmn.Process(Task($"<portal:form><portal:field key=\"f\" type=\"{type}\"/></portal:form>")).Node("t");
        if (expected is null) Assert.Equal("process.field-type", Refused(() => TaskForm.Read(node, node.Work.Form[0], typed)).Code);
        else Assert.Equal(expected, TaskForm.Read(node, node.Work.Form[0], typed).ToString());
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(0, false)]
    public void Complete_GivesTheVerdict(int price, bool success)
    {
        var runner = Single(Task("<portal:verdict success=\"price > 0\"/>" + Bpmn.Fields("price:number")));
        runner.Start("p");
        runner.Complete("t", ("price", Value.Of(price)));
        Assert.Equal(success, runner.Said.OfType<CloseTask>().Single().Success);
    }

    [Fact]
    public void Action_InTheTransaction_TakesTypedInputs_AndGivesOutputs()
    {
        var runner = Single("""
            <serviceTask id="t"><extensionElements><portal:action name="orders.shipment.start"><portal:input name="order" type="text" value="=order"/><portal:input name="note" value="as agreed"/>
            <portal:output source="number + 1" target="shipment"/></portal:action></extensionElements></serviceTask>
            """);
        ContextValue? given = null;
        runner.Actions["orders.shipment.start"] = inputs => { given = inputs; return ContextValue.Of(("number", Value.Of(41))); };
        var state = runner.Start("p", ("order", Value.Of("O-1")));
        Assert.Equal("{note: as agreed, order: O-1}", given!.ToString());
        Assert.Equal(Value.Of(42), runner.Instances[state.Id].Variables["shipment"]);
        Assert.Equal("process.input-type", Refused(() => runner.Start("p", ("order", Value.Of(7)))).Code);
    }

    [Fact]
    public void Action_Outside_FailsToAnIncident_AndIsRetried()
    {
        var runner = Single("<serviceTask id=\"t\"><extensionElements><portal:action name=\"a\" external=\"true\"/><portal:retry cycle=\"R3/PT1M\"/></extensionElements></serviceTask>");
        var state = runner.Start("p");
        var first = runner.Said.OfType<InvokeAction>().Single();
        Assert.Equal((true, "R3/PT1M"), (first.IsExternal, first.Retry));
        runner.Send(state.Id, new ActionFailed(first.Action, "no answer"));
        runner.Send(state.Id, new RetryIncident(runner.Incidents.Single().Incident.Incident, "once more"));
        var second = runner.Said.OfType<InvokeAction>().Last();
        Assert.NotEqual(first.Action, second.Action);
        Assert.Equal("process.action-gone", Refused(() => runner.Send(state.Id, new ActionCompleted(first.Action, ContextValue.Empty))).Code);
        runner.Send(state.Id, new ActionCompleted(second.Action, ContextValue.Of(("x", Value.Of(1)))));
        Assert.True(runner.AllEnded);
        Assert.Equal(Value.Of(1), runner.Instances[state.Id].Variables["x"]);
        runner.Replay();
    }

    [Fact]
    public void Async_BeginsInAJobOfItsOwn()
    {
        var runner = Single("<userTask id=\"t\" portal:async=\"true\"/>");
        runner.Start("p");
        Assert.Empty(runner.Tasks);
        runner.Advance(TimeSpan.Zero);
        Assert.Single(runner.Tasks);
    }

    [Fact]
    public void Script_SetsOneVariable_OrMergesAContext()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><scriptTask id="a"><extensionElements><portal:result variable="net"/></extensionElements><script>gross / 1.2</script></scriptTask>
            <scriptTask id="b" scriptFormat="feel"><script>{vat: gross - net, note: "ok"}</script></scriptTask><userTask id="t"/>
            """ + Bpmn.Flows("s-a; a-b; b-t")));
        var state = runner.Start("p", ("gross", Value.Of(120)));
        Assert.Equal("{gross: 120, net: 100, note: ok, vat: 20}", runner.Instances[state.Id].Variables.ToString());
    }

    [Fact]
    public void BusinessRule_DecidesByItsTable()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><businessRuleTask id="r"><extensionElements><portal:decision result="level" policy="first">
              <portal:input expression="discount"/><portal:output name="level"/>
              <portal:rule><portal:when>&lt;= 5</portal:when><portal:then>"manager"</portal:then></portal:rule>
              <portal:rule><portal:when>-</portal:when><portal:then>"director"</portal:then></portal:rule></portal:decision></extensionElements></businessRuleTask><userTask id="t"/>
            """ + Bpmn.Flows("s-r; r-t")));
        Assert.Equal(Value.Of("manager"), runner.Instances[runner.Start("p", ("discount", Value.Of(5))).Id].Variables["level"]);
        Assert.Equal(Value.Of("director"), runner.Instances[runner.Start("p", ("discount", Value.Of(6))).Id].Variables["level"]);
    }

    [Fact]
    public void BusinessRule_WithTwoRowsThatFit_IsRefusedByItsName()
    {
        var runner = Single("""<businessRuleTask id="t" name="Set the level"><extensionElements><portal:decision result="level" policy="unique"><portal:input expression="1"/><portal:output name="level"/><portal:rule><portal:when>-</portal:when><portal:then>1</portal:then></portal:rule><portal:rule><portal:when>1</portal:when><portal:then>2</portal:then></portal:rule></portal:decision></extensionElements></businessRuleTask>""");
        var refusal = Refused(() => runner.Start("p"));
        Assert.Equal(("process.decision-not-unique", "Set the level", "1, 2"), (refusal.Code, (string)refusal.Args[0]!, (string)refusal.Args[1]!));
    }

    [Fact]
    public void Expression_ThatFails_NamesTheElement()
    {
        var runner = Single("<scriptTask id=\"t\" name=\"Work out the price\"><extensionElements><portal:result variable=\"x\"/></extensionElements><script>1 + \"a\"</script></scriptTask>");
        var refusal = Refused(() => runner.Start("p"));
        Assert.Equal("process.expression-failed", refusal.Code);
        Assert.Equal(["Work out the price", 3, "expression.types"], refusal.Args.Take(3));
    }

    [Fact]
    public void SubProcess_SeesTheVariablesAround_AndWritesThere()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><subProcess id="part"><startEvent id="ps"/><scriptTask id="a"><script>{total: total + 1, fresh: 1}</script></scriptTask>
            """ + Bpmn.Flows("ps-a") + "</subProcess><userTask id=\"t\"/>" + Bpmn.Flows("s-part; part-t")));
        var state = runner.Start("p", ("total", Value.Of(1)));
        Assert.Equal("{fresh: 1, total: 2}", runner.Instances[state.Id].Variables.ToString());
    }

    [Fact]
    public void Call_ThatCallsItself_IsStopped()
    {
        var runner = new PaperRunner(Bpmn.Process("<startEvent id=\"s\"/><callActivity id=\"c\" calledElement=\"p\"/>" + Bpmn.Flows("s-c")));
        Assert.Equal("process.calls-too-deep", Refused(() => runner.Start("p")).Code);
    }

    [Fact]
    public void Call_ThatPassesAll_TakesAndBringsEverything()
    {
        var child = Bpmn.Process("<startEvent id=\"s\"/><scriptTask id=\"a\"><script>{b: a + 1}</script></scriptTask>" + Bpmn.Flows("s-a"), "child");
        var parent = Bpmn.Process("<startEvent id=\"s\"/><callActivity id=\"c\" calledElement=\"child\"><extensionElements><portal:call all=\"true\"/></extensionElements></callActivity><userTask id=\"t\"/>" + Bpmn.Flows("s-c; c-t"));
        var runner = new PaperRunner(child, parent);
        var state = runner.Start("p", ("a", Value.Of(1)));
        Assert.Equal(Value.Of(2), runner.Instances[state.Id].Variables["b"]);
    }
}
