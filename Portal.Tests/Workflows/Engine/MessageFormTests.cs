using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Engine;

/// <summary>What messages, signals and tasks let into a process.</summary>
public sealed class MessageFormTests
{
    private static readonly string Declared = $"""<message id="m" name="answer">{Bpmn.Form("satisfied:boolean! on:date note:text")}</message><signal id="g" name="stop">{Bpmn.Form("why:text")}</signal>""";

    private static ProcessMap Map(string wait, string beside) => Bpmn.Process($"""<startEvent id="s"/>{wait}<userTask id="t"/>""" + Bpmn.Flows("s-w; w-t"), beside: beside);

    private static PaperRunner Waiting(string? beside = null)
    {
        var runner = new PaperRunner(Map("""<receiveTask id="w" name="Wait for the answer" messageRef="m"/>""", beside ?? Declared));
        runner.Start("p", ("note", Value.Of("mine")));
        return runner;
    }

    private static RuleBrokenException Refused(Action work) => Assert.Throws<RuleBrokenException>(work);

    [Theory]
    [InlineData("process.field-type", "satisfied", "no")]
    [InlineData("process.message-field", "contractNumber", "FAKE")]
    [InlineData("process.field-missing", "note", "well")]
    public void Message_ThatDoesNotFitItsDeclaration_IsRefusedByItsElement(string code, string field, string value)
    {
        var runner = Waiting();
        var refusal = Refused(() => runner.Message("answer", (field, Value.Of(value))));
        Assert.Equal((code, "Wait for the answer"), (refusal.Code, refusal.Args[0]));
        Assert.Empty(runner.Open);
        Assert.Single(runner.Subscriptions);
    }

    [Fact]
    public void Message_WithDeclaredFields_SetsThoseThatCame_AndReadsDates()
    {
        var runner = Waiting();
        runner.Message("answer", ("satisfied", Value.False), ("on", Value.Of("2026-03-05")));
        var variables = runner.Instances.Values.Single().Variables;
        Assert.Equal((Value.False, new DateValue(new(2026, 3, 5)), Value.Of("mine")), (variables["satisfied"], variables["on"], variables["note"]));
        runner.Replay();
    }

    [Fact]
    public void Message_WithoutADeclaration_TakesNoField()
    {
        var runner = Waiting("""<message id="m" name="answer"/>""");
        Assert.Equal("process.message-field", Refused(() => runner.Message("answer", ("note", Value.Of("theirs")))).Code);
        runner.Message("answer");
        Assert.Equal(["t"], runner.Open);
    }

    [Fact]
    public void Signal_WithWhatIsNotDeclared_IsRefused()
    {
        var runner = new PaperRunner(Map("""<intermediateCatchEvent id="w"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>""", Declared));
        runner.Start("p");
        Assert.Equal("process.message-field", Refused(() => runner.Signal("stop", ContextValue.Of(("amount", Value.Of(1))))).Code);
        runner.Signal("stop", ContextValue.Of(("why", Value.Of("late"))));
        Assert.Equal(Value.Of("late"), runner.Instances.Values.Single().Variables["why"]);
    }

    [Fact]
    public void Start_ByAMessage_TakesItsDeclaredFieldsOnly()
    {
        var runner = new PaperRunner(Bpmn.Process("""<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><userTask id="t"/>""" + Bpmn.Flows("s-t"), beside: Declared));
        Assert.Equal("process.message-field", Refused(() => runner.Start("p", ("satisfied", Value.True), ("allowed", Value.True))).Code);
        Assert.Equal("process.field-missing", Refused(() => runner.Start("p")).Code);
        Assert.Equal(Value.True, runner.Start("p", ("satisfied", Value.True)).Variables["satisfied"]);
    }

    [Fact]
    public void Task_WithoutAForm_TakesNoField()
    {
        var runner = new PaperRunner(Bpmn.Process("""<startEvent id="s"/><userTask id="t" name="Collect"/>""" + Bpmn.Flows("s-t")));
        runner.Start("p", ("allowed", Value.False));
        var refusal = Refused(() => runner.Complete("t", ("allowed", Value.True)));
        Assert.Equal(("process.field-unknown", "Collect", "allowed"), (refusal.Code, refusal.Args[0], refusal.Args[1]));
        runner.Complete("t");
        Assert.True(runner.AllEnded);
    }
}
