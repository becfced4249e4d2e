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
    /// <c>process.field-missing</c>, <c>process.field-type</c>, <c>process.field-choice</c>, <c>process.field-min</c>, <c>process.field-max</c>, <c>process.field-unknown</c>: element, field, …
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
        if (Beyond(field, value) is { } beyond) throw Execution.Refusal($"process.field-{beyond.Side}", node, field.Label.Default, beyond.Bound);
        if (field.Items is { } items && value is ListValue rows)
            foreach (var item in rows.Items)
            {
                if (item.IsNull) throw Execution.Refusal("process.field-type", node, field.Label.Default, items.ToString(), item.TypeName);
                Checked(node, field.Item, item);
            }
        return value;
    }

    /// <summary>The bound a value lies beyond, <c>min</c> or <c>max</c>, or one of its rows where it is a list; null where it keeps to both.</summary>
    public static (string Side, string Bound)? Beyond(FormField field, Value value)
    {
        if (field.Min is null && field.Max is null) return null;
        if (value is ListValue list) return list.Items.Select(item => Beyond(field.Item, item)).FirstOrDefault(found => found is not null);
        if (Bound(field, field.Min) is { } min && Compare(value, min) < 0) return ("min", field.Min!);
        if (Bound(field, field.Max) is { } max && Compare(value, max) > 0) return ("max", field.Max!);
        return null;
    }

    /// <summary>A bound as a value of the field's type; null where it is none, or the type knows no bounds.</summary>
    internal static Value? Bound(FormField field, string? bound) => bound is null ? null : field.Type switch
    {
        FieldType.Number or FieldType.Date => TryRead(field, bound),
        FieldType.List when field.Items is not null => Bound(field.Item, bound),
        _ => null,
    };

    /// <summary>Less than 0, 0 or more as values of one kind stand to each other; 0 for those of two.</summary>
    internal static int Compare(Value one, Value other) => (one, other) switch
    {
        (NumberValue a, NumberValue b) => a.Amount.CompareTo(b.Amount),
        (DateValue a, DateValue b) => a.Date.CompareTo(b.Date),
        _ => 0,
    };

    /// <summary>
    /// Keys of the fields that must be filled in as the answers stand. A condition that cannot be computed asks for nothing here;
    /// completing the task says what is wrong with it.
    /// </summary>
    /// <param name="form">the fields</param>
    /// <param name="variables">what the process knows where the form is asked</param>
    /// <param name="answers">what is filled in so far; it goes before the variables</param>
    /// <param name="now">the instant conditions see</param>
    public static IReadOnlySet<string> Required(IReadOnlyList<FormField> form, ContextValue variables, ContextValue answers, DateTimeOffset now)
    {
        var evaluation = new Evaluation(variables.With(answers), now);
        return form.Where(field => !field.IsReadOnly && (field.IsRequired || field.RequiredWhen is { } condition && Holds(condition, evaluation))).Select(field => field.Key).ToHashSet();
    }

    private static bool Holds(Expression condition, Evaluation evaluation)
    {
        try
        {
            return condition.Evaluate(evaluation) == Value.True;
        }
        catch (RuleBrokenException)
        {
            return false;
        }
    }

    internal static bool IsBlank(Value value) => value is NullValue || value is TextValue text && string.IsNullOrWhiteSpace(text.Text);

    /// <summary>
    /// The value of what somebody typed into a field: ISO 8601 for dates, a point in numbers, <c>true</c> or <c>false</c>, rows of a list as
    /// <see cref="ListText"/>; empty is null. A list of other things than its rows can hold stays as it was <paramref name="given"/>.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>process.field-type</c></exception>
    public static Value Read(FlowNode node, FormField field, string? text, Value? given = null) =>
        TryRead(field, text, given) ?? throw Execution.Refusal("process.field-type", node, field.Label.Default, field.Type.ToString(), text);

    /// <summary>Like <see cref="Read"/>, but null where the text is no value of the field's type.</summary>
    public static Value? TryRead(FormField field, string? text, Value? given = null)
    {
        if (string.IsNullOrWhiteSpace(text)) return Value.Null;
        Value? value = field.Type switch
        {
            FieldType.Number => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? Value.Of(number) : null,
            FieldType.Boolean => text switch { "true" => Value.True, "false" => Value.False, _ => null },
            FieldType.Date or FieldType.DateTime => Temporal.Parse(text),
            FieldType.List => ListText.Rows(text) is { } rows ? ReadRows(field, rows) : given,
            _ => Value.Of(text),
        };
        return value is not null && Fits(field.Type, value) ? value : null;
    }

    private static ListValue? ReadRows(FormField field, IEnumerable<string> rows)
    {
        var values = rows.Where(row => row.Trim() != "").Select(row => TryRead(field.Item, row)).ToList();
        return values.Contains(null) ? null : Value.List(values.OfType<Value>());
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
