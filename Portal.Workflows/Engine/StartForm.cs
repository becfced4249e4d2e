using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>
/// What a plain start event asks of whoever starts the process. Its fields are checked as those of a task; other data may come with
/// them, for programs and calling maps give more than a person types.
/// </summary>
public static class StartForm
{
    /// <summary>What the fields show at first.</summary>
    /// <exception cref="RuleBrokenException"><c>process.expression-failed</c></exception>
    public static ContextValue Given(StartEvent start, DateTimeOffset now) => ContextValue.Of(
        start.Work.Form.Where(field => field.Default is not null).Select(field => (field.Key, Initial(start, field, new Evaluation(ContextValue.Empty, now)))));

    /// <summary>The variables the process starts with: what is given, and the initial values of fields nobody filled in.</summary>
    /// <exception cref="RuleBrokenException"><c>process.field-missing</c>, <c>process.field-type</c>, <c>process.field-choice</c>: element, field, …</exception>
    internal static ContextValue Accepted(StartEvent start, ContextValue given, Evaluation evaluation)
    {
        foreach (var field in start.Work.Form)
        {
            var isGiven = given.Entries.TryGetValue(field.Key, out var value) && !(field.IsReadOnly && field.Default is not null);
            if (!isGiven && field.Default is null && !field.IsRequired) continue;
            if (!isGiven && field.Default is not null) value = Initial(start, field, evaluation);
            given = given.With(field.Key, TaskForm.Checked(start, field, value ?? Value.Null));
        }
        return given;
    }

    private static Value Initial(StartEvent start, FormField field, Evaluation evaluation) =>
        Execution.Named(start, () => field.Default!.Evaluate(evaluation));
}
