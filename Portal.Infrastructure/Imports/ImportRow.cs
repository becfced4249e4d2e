using System.Buffers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Imports;

/// <summary>
/// One row of a file under its column map. Reading a value that cannot be understood refuses the row and returns null,
/// so a check simply reads what it needs; the first refusal stands.
/// </summary>
public sealed class ImportRow(int line, string[] fields, ImportReading reading)
{
    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))]);

    private readonly List<string> notes = [];

    /// <summary>Where the row stands in the file: its line, or the number of the track point.</summary>
    public int Line { get; } = line;

    /// <summary>The fields as they stand in the file.</summary>
    public string[] Fields { get; } = fields;

    /// <summary>
    /// What the file calls this thing: an order number or another identity, never the whole content. Rows of one document are
    /// told apart by their ordinal, so true duplicates stay two.
    /// </summary>
    public string? Document { get; set; }

    /// <summary>Code of the reason the row is refused for (<c>import.refused.&lt;code&gt;</c>), or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Values for the places of the reason's text.</summary>
    public string[] RefusalArgs { get; private set; } = [];

    /// <summary>Codes of what is odd but taken in (<c>import.note.&lt;code&gt;</c>).</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Refuses the row.</summary>
    public void Refuse(string code, params string[] args)
    {
        if (Refusal is not null) return;
        Refusal = code;
        RefusalArgs = args;
    }

    /// <summary>Counts something odd about the row.</summary>
    public void Note(string code) => notes.Add(code);

    /// <summary>Trimmed text, null when empty or not mapped.</summary>
    public string? Text(string column, int max)
    {
        if (Raw(column) is not { } text) return null;
        if (text.Length > max) Refuse("too-long", column, max.ToString(System.Globalization.CultureInfo.InvariantCulture));
        else if (text.AsSpan().ContainsAny(Controls)) Refuse("control-character", column);
        else return text;
        return null;
    }

    /// <summary>Like <see cref="Text"/>, refusing a line break: a quote that closed by chance has swallowed the row below.</summary>
    public string? OneLine(string column, int max)
    {
        var text = Text(column, max);
        if (text is null || text.AsSpan().IndexOfAny('\n', '\r') < 0) return text;
        Refuse("line-break", column);
        return null;
    }

    /// <summary>Like <see cref="Text"/>, refusing an empty value.</summary>
    public string? RequiredText(string column, int max)
    {
        var text = Text(column, max);
        if (text is null) Refuse("missing", column);
        return text;
    }

    /// <summary>A finite number within bounds, with a decimal point or comma.</summary>
    public double? Number(string column, double min, double max)
    {
        if (Raw(column) is not { } text) return null;
        if (!FieldValues.TryNumber(text, out var number)) Refuse("not-a-number", column, Shown(text));
        else if (number < min || number > max) Refuse("out-of-range", column, Shown(text));
        else return number;
        return null;
    }

    /// <summary>An amount of money or a quantity within bounds, as exact as it is written.</summary>
    public decimal? Amount(string column, decimal min, decimal max)
    {
        if (Raw(column) is not { } text) return null;
        var kept = FieldValues.TryAmount(text, reading.Decimals, out var amount, out var isNumber);
        if (!isNumber) Refuse("not-a-number", column, Shown(text));
        else if (!kept || amount < min || amount > max) Refuse("out-of-range", column, Shown(text));
        else return amount;
        return null;
    }

    /// <summary>
    /// An instant, UTC; a time without an offset is read in the run's time zone. A time of day alone is of the day that the first filled of
    /// <paramref name="days"/> says.
    /// </summary>
    public DateTimeOffset? Time(string column, params ReadOnlySpan<string> days)
    {
        if (Raw(column) is not { } text) return null;
        if (!TryTime(text, days, out var time)) Refuse("not-a-time", column, Shown(text));
        else if (time.Year < 2000 || time > reading.Now) Refuse("time-out-of-range", column, Shown(text));
        else return time;
        return null;
    }

    /// <summary>Like <see cref="Time"/>, refusing an empty value.</summary>
    public DateTimeOffset? RequiredTime(string column, params ReadOnlySpan<string> days)
    {
        var time = Time(column, days);
        if (time is null) Refuse("missing", column);
        return time;
    }

    /// <summary>Whether a column says a time of day alone.</summary>
    public bool IsClock(string column) => Raw(column) is { } text && FieldValues.TryClock(text, out _);

    private bool TryTime(string text, ReadOnlySpan<string> days, out DateTimeOffset time)
    {
        time = default;
        foreach (var column in days)
            if (Raw(column) is { } day && FieldValues.TryClock(text, out var clock)) return FieldValues.TryDate(day, reading.DayFirst, out var date) && FieldValues.TryTime(date, clock, reading.Zone, out time);
        return FieldValues.TryTime(text, reading.Zone, reading.DayFirst, out time);
    }

    /// <summary>A day of a calendar that is not ahead; null when empty or when it is none, without refusing the row.</summary>
    public DateOnly? Date(string column) =>
        Raw(column) is { } text && FieldValues.TryDate(text, reading.DayFirst, out var date) && date.Year >= 1850 && date <= DateOnly.FromDateTime(reading.Now.UtcDateTime) ? date : null;

    /// <summary>The day it is in the file's zone.</summary>
    public DateOnly Today => reading.Zone.DayOf(reading.Now);

    /// <summary>A day of the past or of what is ahead, from a year to 2099.</summary>
    public DateOnly? Day(string column, int firstYear)
    {
        if (OneLine(column, 40) is not { } text) return null;
        if (FieldValues.TryDate(text, reading.DayFirst, out var day) && day.Year >= firstYear && day.Year < 2100) return day;
        Refuse("not-a-time", column, text);
        return null;
    }

    /// <summary>A point on the globe from two columns; null when both are empty.</summary>
    public GeoPoint? Point(string latitudeColumn, string longitudeColumn)
    {
        var latitude = Number(latitudeColumn, -90, 90);
        var longitude = Number(longitudeColumn, -180, 180);
        if (latitude is { } lat && longitude is { } lon) return new GeoPoint(lat, lon);
        if (latitude is not null || longitude is not null) Refuse("missing", latitude is null ? latitudeColumn : longitudeColumn);
        return null;
    }

    private string? Raw(string column) =>
        reading.Map.TryGetValue(column, out var index) && index < Fields.Length && Fields[index].AsSpan().Trim() is { Length: > 0 } text ? text.ToString() : null;

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";
}

/// <summary>How the rows of a run are to be read: column code → index of the field, zone and order of written dates, the sign of decimals, and the present.</summary>
public sealed record ImportReading(IReadOnlyDictionary<string, int> Map, TimeZoneInfo Zone, bool DayFirst, DecimalSign Decimals, DateTimeOffset Now);
