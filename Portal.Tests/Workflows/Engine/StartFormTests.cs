using Portal.Domain.Shared;
using Portal.Workflows.Checks;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Engine;

/// <summary>What a start event asks of whoever starts the process.</summary>
public sealed class StartFormTests
{
    private static string Map(string fields, string trigger = "") =>
        $"""<startEvent id="s" name="Client asks">{Form(fields)}{trigger}</startEvent><userTask id="t"/>{Bpmn.Flows("s-t")}""";

    private static string Form(string fields) => $"<extensionElements><portal:form>{fields}</portal:form></extensionElements>";

    private static RuleBrokenException Refused(string fields, params (string, Value)[] given) =>
        Assert.Throws<RuleBrokenException>(() => new PaperRunner(Bpmn.Process(Map(fields))).Start("p", given));

    private static ContextValue Started(string fields, params (string, Value)[] given)
    {
        var runner = new PaperRunner(Bpmn.Process(Map(fields)));
        return runner.Instances[runner.Start("p", given).Id].Variables;
    }

    [Theory]
    [InlineData("process.field-missing", null)]
    [InlineData("process.field-type", "much")]
    public void Start_WithAWrongValue_IsRefusedByTheFieldsName(string code, string? value)
    {
        var refusal = Refused("""<portal:field key="price" label="Price" type="number" required="true"/>""", ("price", Value.Of(value)));

        Assert.Equal(code, refusal.Code);
        Assert.Equal(["Client asks", "Price"], refusal.Args.Take(2));
    }

    [Fact]
    public void Start_WithoutARequiredField_IsRefused() =>
        Assert.Equal("process.field-missing", Refused("""<portal:field key="price" type="number" required="true"/>""").Code);

    [Fact]
    public void Start_TakesWhatTheFormDoesNotAsk_AndLeavesOutWhatNobodyFilledIn()
    {
        var variables = Started("""<portal:field key="price" type="number"/>""", ("order", Value.Of("O-1")));

        Assert.Equal("{order: O-1}", variables.ToString());
    }

    private static readonly string Later = $"""
        <startEvent id="s"/><userTask id="settle" name="Settle it">{Form("""<portal:field key="promised" label="Promised date" type="date"/><portal:field key="discount" label="Discount" type="number" min="0" max="100"/>""")}</userTask>{Bpmn.Flows("s-settle")}
        """;

    [Theory]
    [InlineData("process.field-type", "promised", "5", "Promised date")]
    [InlineData("process.field-type", "discount", "\"much\"", "Discount")]
    [InlineData("process.field-max", "discount", "101", "Discount")]
    public void Start_WithDataThatALaterFormCannotTake_IsRefusedByTheFieldsName(string code, string name, string json, string label)
    {
        var refusal = Assert.Throws<RuleBrokenException>(() => new PaperRunner(Bpmn.Process(Later)).Start("p", (name, System.Text.Json.JsonSerializer.Deserialize<Value>(json, StateJson.Options)!)));

        Assert.Equal((code, "Settle it", label), (refusal.Code, refusal.Args[0], refusal.Args[1]));
    }

    [Fact]
    public void Start_WithDataOfALaterForm_TakesItAsThatFormWould()
    {
        var runner = new PaperRunner(Bpmn.Process(Later));

        var started = runner.Instances[runner.Start("p", ("promised", Value.Of("2026-05-01")), ("discount", Value.Null), ("order", Value.Of("O-1"))).Id].Variables;

        Assert.Equal("{discount: , order: O-1, promised: 2026-05-01}", started.ToString());
        Assert.IsType<DateValue>(started["promised"]);
    }

    [Theory]
    [InlineData("process.field-min", -1)]
    [InlineData("process.field-max", 101)]
    public void Start_BeyondAFieldsBounds_IsRefused(string code, int discount)
    {
        const string field = """<portal:field key="discount" type="number" min="0" max="100"/>""";

        Assert.Equal(code, Refused(field, ("discount", Value.Of(discount))).Code);
        Assert.Equal(code, Refused(field.Replace("type=\"number\"", "type=\"list\" items=\"number\""), ("discount", Value.List([Value.Of(5), Value.Of(discount)]))).Code);
        Started(field, ("discount", Value.Of(100)));
    }

    [Fact]
    public void Start_BeforeTheFirstDay_IsRefused() =>
        Assert.Equal("process.field-min", Refused("""<portal:field key="day" type="date" min="2026-01-01"/>""", ("day", new DateValue(new DateOnly(2025, 12, 31)))).Code);

    [Fact]
    public void Start_WithAnEmptyRowInAListOfNumbers_IsRefused() =>
        Assert.Equal("process.field-type", Refused("""<portal:field key="all" type="list" items="number"/>""", ("all", Value.List([Value.Of(1), Value.Null]))).Code);

    [Fact]
    public void Start_WithoutWhatItsConditionAsks_IsRefused()
    {
        const string fields = """<portal:field key="urgent" type="boolean"/><portal:field key="why" type="text" requiredWhen="urgent = true"/>""";

        Assert.Equal("process.field-missing", Refused(fields, ("urgent", Value.True)).Code);
        Started(fields, ("urgent", Value.False));
    }

    [Fact]
    public void Required_FollowsTheAnswersAndWhatTheProcessKnows()
    {
        var form = Bpmn.Process(Map("""<portal:field key="next" type="text"/><portal:field key="amount" type="number" requiredWhen="next != &quot;withdrawn&quot; and custom"/><portal:field key="odd" type="text" requiredWhen="1 / next"/>""")).PlainStart!.Work.Form;

        IReadOnlySet<string> Required(string next, Value custom) => TaskForm.Required(form, ContextValue.Of(("custom", custom), ("next", Value.Of("withdrawn"))), ContextValue.Of(("next", Value.Of(next))), DateTimeOffset.UnixEpoch);

        Assert.Equal(["amount"], Required("approval", Value.True));
        Assert.Empty(Required("withdrawn", Value.True));
        Assert.Empty(Required("approval", Value.False));
    }

    [Fact]
    public void Start_FillsInitialValues_WhereNothingIsGiven_AndKeepsThoseOnlyShown()
    {
        const string fields = """
            <portal:field key="count" type="number" default="=1 + 1"/><portal:field key="by" type="date" required="true" default="=today()"/>
            <portal:field key="source" type="text" readOnly="true" default="phone"/>
            """;

        var variables = Started(fields, ("source", Value.Of("mail")), ("count", Value.Of(7)));

        Assert.Equal("{by: 2026-03-02, count: 7, source: phone}", variables.ToString());
        Assert.Equal("{by: 2026-03-02, count: 2, source: phone}", StartForm.Given(Bpmn.Process(Map(fields)).PlainStart!, new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero)).ToString());
    }

    [Fact]
    public void Start_ByAMessage_IsNotAskedTheForm()
    {
        const string message = """<messageEventDefinition messageRef="m"/>""";
        var runner = new PaperRunner(Bpmn.Process(Map("""<portal:field key="price" type="number" required="true"/>""", message), beside: """<message id="m" name="asked"/>"""));

        Assert.Equal(InstanceStatus.Running, runner.Instances[runner.Start("p").Id].Status);
        var finding = MapCheck.Of(MapDocument.Parse(Bpmn.File(Map("""<portal:field key="price"/>""", message), beside: """<message id="m" name="asked"/>""")).ToMap()).Single(f => f.Code == "map.form-not-asked");
        Assert.True(finding.IsWarning);
    }

    [Theory]
    [InlineData("number", "[1, 2]", null)]
    [InlineData("number", "[1, \"two\"]", "process.field-type")]
    [InlineData("choice", "[\"road\"]", null)]
    [InlineData("choice", "[\"balloon\"]", "process.field-choice")]
    public void List_TakesItemsOfItsType(string items, string value, string? refusal)
    {
        var field = $"""<portal:field key="all" type="list" items="{items}"><portal:option value="road"/></portal:field>""";
        var given = new Expression(value).Evaluate(new Evaluation(ContextValue.Empty, default));

        if (refusal is null) Assert.Equal(given, Started(field, ("all", given))["all"]);
        else Assert.Equal(refusal, Refused(field, ("all", given)).Code);
    }

    [Fact]
    public void List_RequiredAndEmpty_IsMissing() =>
        Assert.Equal("process.field-missing", Refused("""<portal:field key="all" type="list" required="true"/>""", ("all", ListValue.Empty)).Code);

    [Theory]
    [InlineData("text")]
    [InlineData("longText")]
    [InlineData("choice")]
    public void Field_OfBlanks_CountsAsNotFilledIn(string type)
    {
        string Field(bool required) => $"""<portal:field key="note" type="{type}" required="{(required ? "true" : "false")}"><portal:option value="road"/></portal:field>""";

        Assert.Equal("process.field-missing", Refused(Field(required: true), ("note", Value.Of("   "))).Code);
        Assert.Equal(Value.Null, Started(Field(required: false), ("note", Value.Of(" \t\n")))["note"]);
    }

    [Fact]
    public void List_RequiredAndOfBlanks_IsMissing() =>
        Assert.Equal("process.field-missing", Refused("""<portal:field key="all" type="list" required="true"/>""", ("all", Value.List([Value.Of(" ")]))).Code);

    [Fact]
    public void List_TypedByHand_IsReadRowByRow_AndShownTheSame()
    {
        var node = Bpmn.Process(Map("""<portal:field key="all" type="list" items="date"/>""")).PlainStart!;
        var field = node.Work.Form[0];
        var typed = ListText.Of(["2026-05-01", " ", "2026-05-02"]);

        var value = TaskForm.Read(node, field, typed);

        Assert.Equal("[2026-05-01, 2026-05-02]", value.ToString());
        Assert.All(((ListValue)value).Items, item => Assert.IsType<DateValue>(item));
        Assert.Equal(value, TaskForm.Read(node, field, TaskForm.Typed(field, value)));
        Assert.Equal("process.field-type", Assert.Throws<RuleBrokenException>(() => TaskForm.Read(node, field, ListText.Of(["tomorrow"]))).Code);
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("[")]
    public void List_OfOtherThings_StaysAsItWas(string typed)
    {
        var node = Bpmn.Process(Map("""<portal:field key="all" type="list"/>""")).PlainStart!;
        var given = Value.List([ContextValue.Of(("a", Value.Of(1)))]);

        Assert.Same(given, TaskForm.Read(node, node.Work.Form[0], typed, given));
        Assert.Null(ListText.Rows(TaskForm.Typed(node.Work.Form[0], given)));
    }
}
