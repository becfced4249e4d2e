using System.Globalization;
using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>What a form lets through: its own fields, of their types; nothing where there is none.</summary>
public static class TaskForm
{
    /// <summary>The values that become variables.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>process.field-missing</c>, <c>process.field-type</c>, <c>process.field-choice</c>, <c>process.field-unknown</c>: element, field, …
    /// </exception>
    public static ContextValue Accepted(FlowNode node, ContextValue values)
    {
        var form = node.Work.Form;
        if (values.Entries.Keys.FirstOrDefault(key => form.All(field => field.Key != key)) is { } stranger)
            throw Execution.Refusal("process.field-unknown", node, stranger);
        var accepted = ContextValue.Empty;
        foreach (var field in form.Where(field => !field.IsReadOnly)) accepted = accepted.With(field.Key, Checked(node, field, values[field.Key]));
        return accepted;
    }

    /// <summary>A field's value as it is kept: of the field's type, a text of blanks as null.</summary>
    internal static Value Checked(FlowNode node, FormField field, Value value)
    {
        if (IsBlank(value) || field.IsRequired && value is ListValue list && list.Items.All(IsBlank))
            return field.IsRequired ? throw Execution.Refusal("process.field-missing", node, field.Label.Default) : Value.Null;
        if (!Fits(field.Type, value)) throw Execution.Refusal("process.field-type", node, field.Label.Default, field.Type.ToString(), value.TypeName);
        if (field.Type == FieldType.Choice && field.Options.All(option => option.Value != value.ToString()))
            throw Execution.Refusal("process.field-choice", node, field.Label.Default, value.ToString());
        if (field.Items is not null && value is ListValue rows)
            foreach (var item in rows.Items) Checked(node, field.Item, item);
        return value;
    }

    internal static bool IsBlank(Value value) => value is NullValue || value is TextValue text && string.IsNullOrWhiteSpace(text.Text);

    /// <summary>
    /// The value of what somebody typed into a field: ISO 8601 for dates, a point in numbers, <c>true</c> or <c>false</c>, rows of a list as
    /// <see cref="ListText"/>; empty is null. A list of other things than its rows can hold stays as it was <paramref name="given"/>.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>process.field-type</c></exception>
    public static Value Read(FlowNode node, FormField field, string? text, Value? given = null)
    {
        if (string.IsNullOrWhiteSpace(text)) return Value.Null;
        Value? value = field.Type switch
        {
            FieldType.Number => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? Value.Of(number) : null,
            FieldType.Boolean => text switch { "true" => Value.True, "false" => Value.False, _ => null },
            FieldType.Date or FieldType.DateTime => Temporal.Parse(text),
            FieldType.List => ListText.Rows(text) is { } rows ? Value.List(rows.Where(row => row.Trim() != "").Select(row => Read(node, field.Item, row))) : given,
            _ => Value.Of(text),
        };
        return value is not null && Fits(field.Type, value) ? value : throw Execution.Refusal("process.field-type", node, field.Label.Default, field.Type.ToString(), text);
    }

    /// <summary>A value that came as JSON, which knows no dates: where the field holds one, its text is read as a person's typing would be.</summary>
    /// <exception cref="RuleBrokenException"><c>process.field-type</c></exception>
    public static Value Dated(FlowNode node, FormField field, Value value) => value switch
    {
        ListValue list => Value.List(list.Items.Select(item => Dated(node, field.Item, item))),
        TextValue text when field.Type is FieldType.Date or FieldType.DateTime => Read(node, field, text.Text),
        _ => value,
    };

    /// <summary>A value as somebody would have typed it, which <see cref="Read"/> takes; null for null.</summary>
    public static string? Typed(FormField field, Value value) => value switch
    {
        NullValue => null,
        ListValue list when list.Items.All(item => Fits(field.Item.Type, item)) => ListText.Of(list.Items.Select(item => item.ToString()!)),
        _ => value.ToString(),
    };

    /// <summary>True when a value is of a field's type; null is of every type.</summary>
    public static bool Fits(FieldType type, Value value) => value is NullValue || type switch
    {
        FieldType.Text or FieldType.LongText or FieldType.Choice => value is TextValue,
        FieldType.Number => value is NumberValue,
        FieldType.Boolean => value is BooleanValue,
        FieldType.Date => value is DateValue,
        FieldType.DateTime => value is DateTimeValue,
        FieldType.List => value is ListValue,
        _ => false,
    };
}
