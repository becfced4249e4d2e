using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>What a message or signal lets through: the fields its declaration names, of their types.</summary>
public static class MessageForm
{
    /// <summary>The values that become variables; a field that did not come leaves its variable alone. Dates may come as ISO 8601 texts.</summary>
    /// <param name="map">the process that receives</param>
    /// <param name="node">the node that waits for the message, or the start event it starts</param>
    /// <param name="payload">what came with it</param>
    /// <exception cref="RuleBrokenException">
    /// <c>process.message-field</c>, <c>process.field-missing</c>, <c>process.field-type</c>, <c>process.field-choice</c>: element, field, …
    /// </exception>
    public static ContextValue Accepted(ProcessMap map, FlowNode node, ContextValue payload)
    {
        var fields = map.FieldsOf(node);
        if (payload.Entries.Keys.FirstOrDefault(key => fields.All(field => field.Key != key)) is { } stranger)
            throw Execution.Refusal("process.message-field", node, stranger);
        var accepted = ContextValue.Empty;
        foreach (var field in fields)
            if (payload.Entries.TryGetValue(field.Key, out var value) || field.IsRequired)
                accepted = accepted.With(field.Key, TaskForm.Checked(node, field, TaskForm.Dated(node, field, value ?? Value.Null)));
        return accepted;
    }
}
