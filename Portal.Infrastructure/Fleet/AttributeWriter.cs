using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Collects what a device says beyond the known measurements into one flat JSON object:
/// numbers, truths and texts, cells and Wi-Fi networks as arrays. Bounded in count and length.
/// Begins to allocate with the first attribute: most messages have none.
/// </summary>
internal struct AttributeWriter
{
    private const int MaxNameLength = 64;
    private const int MaxTextLength = 1000;
    private const int MaxBytes = 4096;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ArrayBufferWriter<byte>? buffer;
    private Utf8JsonWriter? json;
    private HashSet<string>? names;
    private List<string>? cells;
    private List<string>? networks;

    /// <summary>Adds a number, truth or text, whichever the value reads as. The first value of a name stays.</summary>
    /// <returns>False when it is left out: too long, or one too many.</returns>
    public bool TryAdd(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (!TryName(name, value, out var added)) return false;
        if (!added) return true;
        if (value is "true" or "false") json!.WriteBooleanValue(value is "true");
        else if (IsNumber(value, out var number)) json!.WriteNumberValue(number);
        else json!.WriteStringValue(value);
        return true;
    }

    /// <summary>Adds a JSON value as it is; null, objects and arrays are passed over.</summary>
    public bool TryAdd(string name, JsonElement? value)
    {
        switch (value?.ValueKind)
        {
            case JsonValueKind.String:
                if (TextOf(value.Value) is not { } text || !TryName(name, text, out var added)) return false;
                if (added) json!.WriteStringValue(text);
                return true;
            case JsonValueKind.Number:
                var number = value.Value.GetDouble();
                if (!double.IsFinite(number) || !TryName(name, "", out added)) return false;
                if (added) json!.WriteNumberValue(number);
                return true;
            case JsonValueKind.True or JsonValueKind.False:
                if (!TryName(name, "", out added)) return false;
                if (added) json!.WriteBooleanValue(value.Value.GetBoolean());
                return true;
            default:
                return true;
        }
    }

    /// <summary>Adds a mobile cell: <c>mcc,mnc,lac,cid[,signal]</c>.</summary>
    public bool TryAddCell(ReadOnlySpan<char> value)
    {
        Span<Range> parts = stackalloc Range[6];
        var count = value.Split(parts, ',');
        if (count is not (4 or 5)) return false;
        var cell = new long?[5];
        for (var i = 0; i < count; i++)
        {
            if (!long.TryParse(value[parts[i]], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return false;
            cell[i] = number;
        }
        (cells ??= []).Add(JsonSerializer.Serialize(cell));
        return true;
    }

    /// <summary>Adds a Wi-Fi network: <c>mac,signal</c>, the address with dashes or colons, the signal in dBm.</summary>
    public bool TryAddWifi(ReadOnlySpan<char> value)
    {
        const int AddressLength = 17;
        if (value.IndexOf(',') != AddressLength || !IsNumber(value[(AddressLength + 1)..], out var signal)) return false;
        for (var i = 0; i < AddressLength; i++)
            if (i % 3 == 2 ? value[i] is not ('-' or ':') : !char.IsAsciiHexDigit(value[i])) return false;
        (networks ??= []).Add(string.Create(CultureInfo.InvariantCulture, $"[\"{value[..AddressLength].ToString().Replace('-', ':')}\",{signal}]"));
        return true;
    }

    /// <summary>The object, or null when there is nothing to say; cells and networks that find no room are named in <paramref name="unread"/>.</summary>
    public string? Finish(ref string? unread)
    {
        if (!TryFinish("cells", cells)) unread = DeviceMessage.Naming(unread, "cell");
        if (!TryFinish("wifi", networks)) unread = DeviceMessage.Naming(unread, "wifi");
        if (json is null) return null;
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer!.WrittenSpan);
    }

    /// <summary>The attributes with <c>unread</c>: the names of measurements that were left out.</summary>
    public static string WithUnread(string? attributes, string names) =>
        attributes is null ? $"{{\"unread\":\"{names}\"}}" : $"{attributes.AsSpan(0, attributes.Length - 1)},\"unread\":\"{names}\"}}";

    private bool TryFinish(string name, List<string>? list)
    {
        if (list is null) return true;
        if (!TryName(name, "", out var added) || !added) return false;
        json!.WriteRawValue($"[{string.Join(',', list)}]");
        return true;
    }

    private static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            // half a surrogate pair is no text
            return null;
        }
    }

    // Asked before anything is written, for what is written cannot be taken back.
    private bool TryName(ReadOnlySpan<char> name, ReadOnlySpan<char> value, out bool added)
    {
        added = false;
        if (name.Length is 0 or > MaxNameLength || name.Contains('\0') || value.Length > MaxTextLength || value.Contains('\0')) return false;
        if (json is not null && json.BytesCommitted + json.BytesPending + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) > MaxBytes) return false;
        if (json is null)
        {
            buffer = new ArrayBufferWriter<byte>(256);
            json = new Utf8JsonWriter(buffer, Plain);
            names = new HashSet<string>(StringComparer.Ordinal);
            json.WriteStartObject();
        }
        added = names!.Add(name.ToString());
        if (added) json.WritePropertyName(name);
        return true;
    }

    // "007" is an identifier and keeps its zeros; so does a number too long for a double.
    private static bool IsNumber(ReadOnlySpan<char> text, out double number)
    {
        number = 0;
        if (text.Length is 0 or > 17 || text is ['0', >= '0' and <= '9', ..] || text[0] is not (>= '0' and <= '9' or '-')) return false;
        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }
}
