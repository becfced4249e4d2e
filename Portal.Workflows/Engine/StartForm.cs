using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>
/// What a plain start event asks of whoever starts the process. Its fields are checked as those of a task; other data may come with
/// them, for calling maps and features of Portal give more than a person types. What comes from outside Portal is held to the form
/// (<see cref="Declared"/>), as what messages and tasks bring is, else a program could set what only a later step may decide.
/// </summary>
public static class StartForm
{
    /// <summary>What the fields show at first.</summary>
    /// <exception cref="RuleBrokenException"><c>process.expression-failed</c></exception>
    public static ContextValue Given(StartEvent start, DateTimeOffset now) => ContextValue.Of(
        start.Work.Form.Where(field => field.Default is not null).Select(field => (field.Key, Initial(start, field, new Evaluation(ContextValue.Empty, now)))));

    /// <summary>What a program gives, held to the fields of the form; a start without a form takes whatever comes.</summary>
    /// <exception cref="RuleBrokenException"><c>process.field-unknown</c> with element and field</exception>
    public static ContextValue Declared(StartEvent start, ContextValue given) =>
        start.Work.Form.Count > 0 && given.Entries.Keys.FirstOrDefault(key => start.Work.Form.All(field => field.Key != key)) is { } stranger
            ? throw Execution.Refusal("process.field-unknown", start, stranger) : given;

    /// <summary>The variables the process starts with: what is given, and the initial values of fields nobody filled in.</summary>
    /// <exception cref="RuleBrokenException"><c>process.field-missing</c>, <c>process.field-type</c>, <c>process.field-choice</c>: element, field, …</exception>
    /// <param name="map">its process; null where it was called by another, which gives what it has</param>
    internal static ContextValue Accepted(ProcessMap? map, StartEvent start, ContextValue given, Evaluation evaluation)
    {
        foreach (var field in start.Work.Form)
        {
            var isGiven = given.Entries.TryGetValue(field.Key, out var value) && !(field.IsReadOnly && field.Default is not null);
            if (!isGiven && field.Default is null && !field.IsRequired) continue;
            if (!isGiven && field.Default is not null) value = Initial(start, field, evaluation);
            given = given.With(field.Key, TaskForm.Checked(start, field, value ?? Value.Null));
        }
        if (start.Work.Form.FirstOrDefault(field => TaskForm.Required([field], given, ContextValue.Empty, evaluation.Now).Contains(field.Key) && TaskForm.IsBlank(given[field.Key])) is { } missing)
            throw Execution.Refusal("process.field-missing", start, missing.Label.Default);
        if (map is not null)
            foreach (var (name, value) in given.Entries.Where(e => start.Work.Form.All(field => field.Key != e.Key)))
                given = given.With(name, Fitting(map, name, value));
        return given;
    }

    /// <summary>A value as the forms of the process ask for that name, else they would fail on it later; any value under another name.</summary>
    private static Value Fitting(ProcessMap map, string name, Value value)
    {
        RuleBrokenException? refused = null;
        foreach (var (node, field) in map.Asked[name])
            try
            {
                return TaskForm.Checked(node, field with { IsRequired = false }, TaskForm.Dated(node, field, value));
            }
            catch (RuleBrokenException refusal)
            {
                refused ??= refusal;
            }
        return refused is null ? value : throw refused;
    }

    private static Value Initial(StartEvent start, FormField field, Evaluation evaluation) =>
        Execution.Named(start, () => field.Default!.Evaluate(evaluation));
}
