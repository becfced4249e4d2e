using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portal.Workflows.Expressions;

/// <summary>
/// Values as JSON: null, booleans, numbers, strings, arrays and objects stand for themselves,
/// the types JSON lacks are objects of one entry such as <c>{"@date":"2026-03-01"}</c>.
/// </summary>
public sealed class ValueJson : JsonConverter<Value>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override bool CanConvert(Type type) => type.IsAssignableTo(typeof(Value));

    /// <inheritdoc/>
    public override Value Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => Value.Null,
        JsonTokenType.True => Value.True,
        JsonTokenType.False => Value.False,
        JsonTokenType.Number => new NumberValue(reader.GetDecimal()),
        JsonTokenType.String => new TextValue(reader.GetString()!),
        JsonTokenType.StartArray => ReadList(ref reader, options),
        JsonTokenType.StartObject => ReadObject(ref reader, options),
        _ => throw new JsonException($"A value cannot start with {reader.TokenType}."),
    };

    private ListValue ReadList(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        var items = ImmutableArray.CreateBuilder<Value>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Read(ref reader, typeof(Value), options));
        return new ListValue(items.ToImmutable());
    }

    private Value ReadObject(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        var entries = ContextValue.Empty.Entries.ToBuilder();
        Value? typed = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            var value = Read(ref reader, typeof(Value), options);
            typed = entries.Count == 0 ? Typed(name, value) : null;
            entries[name.StartsWith("@@", StringComparison.Ordinal) ? name[1..] : name] = value;
        }
        return typed ?? new ContextValue(entries.ToImmutable());
    }

    private static Value? Typed(string name, Value value) => (name, value) switch
    {
        ("@date" or "@time" or "@instant" or "@duration", TextValue text) =>
            Temporal.Parse(text.Text) ?? throw new JsonException($"{text.Text} is not a {name[1..]}."),
        ("@range", ListValue { Items: [var low, BooleanValue lowIn, var high, BooleanValue highIn] }) =>
            new RangeValue(low, lowIn.Is, high, highIn.Is),
        _ => null,
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Value value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case NullValue: writer.WriteNullValue(); break;
            case BooleanValue flag: writer.WriteBooleanValue(flag.Is); break;
            case NumberValue number: writer.WriteNumberValue(number.Amount); break;
            case TextValue text: writer.WriteStringValue(text.Text); break;
            case ListValue list: WriteList(writer, list.Items, options); break;
            case ContextValue context: WriteContext(writer, context, options); break;
            case DateValue: WriteTyped(writer, "@date", value); break;
            case TimeValue: WriteTyped(writer, "@time", value); break;
            case DateTimeValue: WriteTyped(writer, "@instant", value); break;
            case DurationValue or MonthsValue: WriteTyped(writer, "@duration", value); break;
            case RangeValue range:
                writer.WriteStartObject();
                writer.WritePropertyName("@range");
                WriteList(writer, [range.Low, Value.Of(range.LowIncluded), range.High, Value.Of(range.HighIncluded)], options);
                writer.WriteEndObject();
                break;
            default: throw new JsonException($"No JSON for {value.TypeName}.");
        }
    }

    private void WriteList(Utf8JsonWriter writer, ImmutableArray<Value> items, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in items) Write(writer, item, options);
        writer.WriteEndArray();
    }

    private void WriteContext(Utf8JsonWriter writer, ContextValue context, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, item) in context.Entries)
        {
            // Somebody's own name that begins like a type's gets a second mark.
            writer.WritePropertyName(name.StartsWith('@') ? "@" + name : name);
            Write(writer, item, options);
        }
        writer.WriteEndObject();
    }

    private static void WriteTyped(Utf8JsonWriter writer, string key, Value value)
    {
        writer.WriteStartObject();
        writer.WriteString(key, value.ToString());
        writer.WriteEndObject();
    }
}
