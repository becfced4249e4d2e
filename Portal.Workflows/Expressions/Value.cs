using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Portal.Workflows.Expressions;

/// <summary>A value of the expression language (FEEL, DMN 1.4 chapter 10): immutable, compared by content, free of culture.</summary>
[JsonConverter(typeof(ValueJson))]
public abstract record Value
{
    /// <summary>The absent value.</summary>
    public static readonly Value Null = new NullValue();
    /// <summary>Boolean true.</summary>
    public static readonly Value True = new BooleanValue(true);
    /// <summary>Boolean false.</summary>
    public static readonly Value False = new BooleanValue(false);

    /// <summary>Name of the type as an author of expressions knows it.</summary>
    [JsonIgnore] public abstract string TypeName { get; }

    /// <summary>True for null.</summary>
    [JsonIgnore] public bool IsNull => this is NullValue;

    /// <summary>What walking through the value takes: the characters of its texts, a set number for anything else.</summary>
    [JsonIgnore] internal virtual long Weight => 20;

    /// <summary>The text of the value in pieces, made one by one.</summary>
    [JsonIgnore] internal virtual IEnumerable<string> Pieces => [ToString()!];

    /// <summary>A boolean.</summary>
    public static Value Of(bool value) => value ? True : False;
    /// <summary>A number.</summary>
    public static Value Of(decimal value) => new NumberValue(value);
    /// <summary>A string; null stays null.</summary>
    public static Value Of(string? value) => value is null ? Null : new TextValue(value);
    /// <summary>A date and time.</summary>
    public static Value Of(DateTimeOffset value) => new DateTimeValue(value);
    /// <summary>A list.</summary>
    public static ListValue List(IEnumerable<Value> items) => new([.. items]);
}

/// <summary>null</summary>
public sealed record NullValue : Value
{
    /// <inheritdoc/>
    public override string TypeName => "null";
    /// <inheritdoc/>
    public override string ToString() => "";
}

/// <summary>true or false</summary>
public sealed record BooleanValue(bool Is) : Value
{
    /// <inheritdoc/>
    public override string TypeName => "boolean";
    /// <inheritdoc/>
    public override string ToString() => Is ? "true" : "false";
}

/// <summary>A decimal number of 28 digits.</summary>
public sealed record NumberValue(decimal Amount) : Value
{
    /// <inheritdoc/>
    public override string TypeName => "number";
    /// <inheritdoc/>
    public override string ToString() => Amount.ToString("0.############################", CultureInfo.InvariantCulture);
}

/// <summary>A string.</summary>
public sealed record TextValue(string Text) : Value
{
    internal override long Weight => 20 + Text.Length;
    /// <inheritdoc/>
    public override string TypeName => "string";
    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>A calendar date.</summary>
public sealed record DateValue(DateOnly Date) : Value
{
    /// <inheritdoc/>
    public override string TypeName => "date";
    /// <inheritdoc/>
    public override string ToString() => Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>A time of day.</summary>
public sealed record TimeValue(TimeOnly Time) : Value
{
    /// <inheritdoc/>
    public override string TypeName => "time";
    /// <inheritdoc/>
    public override string ToString() => Time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}

/// <summary>An instant with its offset from UTC.</summary>
public sealed record DateTimeValue(DateTimeOffset Instant) : Value
{
    /// <inheritdoc/>
    public override string TypeName => "date and time";
    /// <inheritdoc/>
    public override string ToString() => Instant.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
}

/// <summary>Days, hours, minutes and seconds.</summary>
public sealed record DurationValue(TimeSpan Length) : Value
{
    /// <inheritdoc/>
    public override string TypeName => "days and time duration";
    /// <inheritdoc/>
    public override string ToString() => System.Xml.XmlConvert.ToString(Length);
}

/// <summary>Years and months.</summary>
public sealed record MonthsValue(int Months) : Value
{
    /// <inheritdoc/>
    public override string TypeName => "years and months duration";
    /// <inheritdoc/>
    public override string ToString()
    {
        var (years, months) = (Math.Abs(Months) / 12, Math.Abs(Months) % 12);
        var text = (years > 0 ? $"{years}Y" : "") + (months > 0 || years == 0 ? $"{months}M" : "");
        return (Months < 0 ? "-P" : "P") + text;
    }
}

/// <summary>An ordered list.</summary>
public sealed record ListValue(ImmutableArray<Value> Items) : Value
{
    /// <summary>The list without items.</summary>
    public static readonly ListValue Empty = new(ImmutableArray<Value>.Empty);
    /// <inheritdoc/>
    public override string TypeName => "list";
    /// <inheritdoc/>
    public bool Equals(ListValue? other) => other is not null && Items.SequenceEqual(other.Items);
    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(17, HashCode.Combine);
    /// <inheritdoc/>
    public override string ToString() => string.Concat(Pieces);

    // Kept, since lists share their items: walking anew would take as long as the list is large when written out.
    private long weight;

    internal override long Weight => weight > 0 ? weight : weight = 100 + Items.Sum(item => item.Weight);

    internal override IEnumerable<string> Pieces =>
        Items.SelectMany((item, place) => place == 0 ? item.Pieces : item.Pieces.Prepend(", ")).Prepend("[").Append("]");
}

/// <summary>Named values, kept in ordinal order of their names.</summary>
public sealed record ContextValue(ImmutableSortedDictionary<string, Value> Entries) : Value
{
    /// <summary>The context without entries.</summary>
    public static readonly ContextValue Empty = new(ImmutableSortedDictionary.Create<string, Value>(StringComparer.Ordinal));
    /// <inheritdoc/>
    public override string TypeName => "context";

    /// <summary>A context of the given entries; a later one of the same name wins.</summary>
    public static ContextValue Of(params IEnumerable<(string Name, Value Value)> entries) =>
        entries.Aggregate(Empty, (context, entry) => context.With(entry.Name, entry.Value));

    /// <summary>The same context with one entry set.</summary>
    public ContextValue With(string name, Value value) => new(Entries.SetItem(name, value));

    /// <summary>The same context with the other's entries over its own.</summary>
    public ContextValue With(ContextValue over) => new(Entries.SetItems(over.Entries));

    /// <summary>The same context without one entry.</summary>
    public ContextValue Without(string name) => new(Entries.Remove(name));

    /// <summary>The entry, or null.</summary>
    [JsonIgnore] public Value this[string name] => Entries.GetValueOrDefault(name, Null);

    /// <inheritdoc/>
    public bool Equals(ContextValue? other) => other is not null && Entries.SequenceEqual(other.Entries);
    /// <inheritdoc/>
    public override int GetHashCode() => Entries.Aggregate(17, (hash, entry) => HashCode.Combine(hash, entry.Key, entry.Value));
    /// <inheritdoc/>
    public override string ToString() => string.Concat(Pieces);

    private long weight;

    internal override long Weight => weight > 0 ? weight : weight = 100 + Entries.Sum(entry => entry.Key.Length + entry.Value.Weight);

    internal override IEnumerable<string> Pieces =>
        Entries.SelectMany((entry, place) => entry.Value.Pieces.Prepend(": ").Prepend(entry.Key).Prepend(place == 0 ? "" : ", ")).Prepend("{").Append("}");
}

/// <summary>An interval; a missing end is open without limit.</summary>
public sealed record RangeValue(Value Low, bool LowIncluded, Value High, bool HighIncluded) : Value
{
    /// <inheritdoc/>
    public override string TypeName => "range";
    /// <inheritdoc/>
    public override string ToString() => string.Concat(Pieces);

    internal override long Weight { get; } = 100 + Low.Weight + High.Weight;

    internal override IEnumerable<string> Pieces =>
        Low.Pieces.Prepend(LowIncluded ? "[" : "(").Append("..").Concat(High.Pieces).Append(HighIncluded ? "]" : ")");
}
