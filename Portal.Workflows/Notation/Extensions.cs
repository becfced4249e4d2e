using System.Globalization;
using System.Xml.Linq;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>Reads Portal's extension elements.</summary>
internal static class Extensions
{
    /// <summary>The element's name with its translations; null when it has none.</summary>
    public static LocalText? Named(XElement element) =>
        element.Text("name") is { } name ? new LocalText(name, Translations(element.Extensions("name"))) : null;

    public static NodeWork Work(XElement element)
    {
        var assignment = element.Extension("assignment");
        var schedule = element.Extension("schedule");
        return new NodeWork
        {
            Instruction = Instruction(element),
            Title = Formula(assignment?.Text("title")),
            Assignee = Formula(assignment?.Text("assignee")),
            CandidateUsers = Formula(assignment?.Text("candidateUsers")),
            CandidateRoles = Formula(assignment?.Text("candidateRoles") ?? PotentialOwner(element)),
            NotBy = assignment?.Text("notBy")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            ToOwner = assignment?.Flag("toOwner") == true,
            Due = schedule?.Text("due"),
            Priority = Formula(schedule?.Text("priority")),
            EscalateTo = Formula(schedule?.Text("escalateTo")),
            Form = Form(element),
            Stage = element.Extension("stage") is { } stage ? ReadStage(stage) : null,
            Action = element.Extension("action") is { } action ? ReadAction(action) : null,
            Success = element.Extension("verdict")?.Text("success") is { } success ? new Expression(success) : null,
            Retry = element.Extension("retry")?.Text("cycle"),
            IsAsync = element.Attribute(BpmnXml.Portal + "async")?.Value.Trim() is "true" or "1",
        };
    }

    /// <summary>Fields of the form of a task or a start event, or those a message or signal brings.</summary>
    public static IReadOnlyList<FormField> Form(XElement element) => [.. Own(element.Extension("form"), "field").Select(Field)];

    /// <summary>Whom the process itself is given to.</summary>
    public static Formula? Owner(XElement process) => Formula(process.Extension("assignment")?.Text("assignee"));

    /// <summary>What tells the process from others of its map.</summary>
    public static Formula? Title(XElement process) => Formula(process.Extension("assignment")?.Text("title"));

    public static IReadOnlyList<Mapping> Mappings(XElement? holder, string name) =>
        [.. Own(holder, name).Select(m => new Mapping(new Expression(m.Text("source") ?? "null"), m.Text("target") ?? ""))];

    private static IEnumerable<XElement> Own(XElement? element, string name) => element?.Elements(BpmnXml.Portal + name) ?? [];

    private static Formula? Formula(string? text) => text is null ? null : new Formula(text);

    private static LocalText? Instruction(XElement element)
    {
        var texts = element.Extensions("instruction").ToList();
        var own = texts.FirstOrDefault(t => t.Text("lang") is null) ?? texts.FirstOrDefault();
        return own is null ? null : new LocalText(own.Value.Trim(), Translations(texts));
    }

    private static Dictionary<string, string> Translations(IEnumerable<XElement> texts) => texts
        .Where(t => t.Text("lang") is not null).GroupBy(t => t.Text("lang")!).ToDictionary(g => g.Key, g => g.First().Value.Trim());

    private static LocalText Labelled(XElement element, string attribute, string otherwise) =>
        new(element.Text(attribute) ?? otherwise, Translations(Own(element, "label")));

    private static string? PotentialOwner(XElement element) =>
        element.Child("potentialOwner")?.Descendants(BpmnXml.Model + "formalExpression").FirstOrDefault()?.Value.Trim();

    private static FormField Field(XElement field)
    {
        var key = field.Text("key") ?? "";
        return new FormField(
            key, Labelled(field, "label", key), Type(field) ?? FieldType.Text,
            field.Flag("required"), field.Flag("readOnly"), Formula(field.Text("default")),
            [.. Own(field, "option").Select(o => new FieldOption(o.Text("value") ?? "", Labelled(o, "label", o.Text("value") ?? "")))],
            Type(field, "items") is { } items and not FieldType.List ? items : null,
            field.Text("requiredWhen") is { } condition ? new Expression(condition) : null,
            field.Text("min"), field.Text("max"));
    }

    private static FieldType? Type(XElement element, string attribute = "type") =>
        Enum.TryParse<FieldType>(element.Text(attribute), ignoreCase: true, out var type) ? type : null;

    private static Stage ReadStage(XElement stage)
    {
        var key = stage.Text("key") ?? "";
        return new Stage(key, Labelled(stage, "name", key), (int)Number(stage, "order"), Number(stage, "probability"));
    }

    private static decimal Number(XElement element, string attribute) =>
        decimal.TryParse(element.Text(attribute), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 10_000 ? number : 0;

    private static ActionCall ReadAction(XElement action) => new(
        action.Text("name") ?? "", action.Flag("external"),
        [.. Own(action, "input").Select(i => new ActionInput(i.Text("name") ?? "", Type(i), new Formula(i.Text("value") ?? "")))],
        Mappings(action, "output"));
}
