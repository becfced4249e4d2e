using System.Globalization;
using System.Net;
using System.Text.Json;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Reads the OsmAnd protocol as phone clients speak it: parameters in a query or form, or the JSON of newer clients.
/// It refuses what makes the position itself doubtful (coordinates outside the globe, a time that is none, U+0000 in what says who, when or where);
/// a measurement or anything else beside it that cannot be read or kept is left out and named in <see cref="DeviceMessage.Unread"/>.
/// </summary>
/// <remarks>Wire facts: https://www.traccar.org/osmand/</remarks>
public static class OsmAndDecoder
{
    /// <summary>Longest body read, bytes.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>
    /// Reads <c>id=…&amp;lat=…&amp;lon=…</c>, with or without the leading question mark.
    /// </summary>
    /// <returns>False when the message must be refused as malformed.</returns>
    public static bool TryReadParameters(ReadOnlySpan<char> text, out DeviceMessage message)
    {
        message = null!;
        if (text is ['?', ..]) text = text[1..];
        if (text.Contains('\0')) return false;

        string? key = null, secret = null, unread = null;
        DateTimeOffset? time = null;
        double? latitude = null, longitude = null;
        double? speed = null, heading = null, altitude = null, accuracy = null, battery = null, odometer = null;
        bool? ignition = null;
        var hasFix = true;
        var extras = new AttributeWriter();

        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf('=');
            var name = Unescape(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Unescape(pair[(equals + 1)..]);
            if (name.IsEmpty) continue;
            if (name.Contains('\0') || value.Contains('\0'))
            {
                if (IsEssential(name)) return false;
                unread = DeviceMessage.Naming(unread, name);
                continue;
            }

            switch (name)
            {
                case "id" or "deviceid":
                    key = value.ToString();
                    break;
                case "secret" or "key":
                    secret = value.ToString();
                    break;
                case "timestamp":
                    if (!DeviceTime.TryParse(value, out var parsed)) return false;
                    time = parsed;
                    break;
                case "lat":
                    if (!TryNumber(value, out latitude)) return false;
                    break;
                case "lon":
                    if (!TryNumber(value, out longitude)) return false;
                    break;
                case "location":
                    var comma = value.IndexOf(',');
                    if (comma < 0 || !TryNumber(value[..comma], out latitude) || !TryNumber(value[(comma + 1)..], out longitude)) return false;
                    break;
                case "speed":
                    speed = Measurement("speed", value, ref unread);
                    break;
                case "bearing" or "heading":
                    heading = Measurement("bearing", value, ref unread);
                    break;
                case "altitude":
                    altitude = Measurement("altitude", value, ref unread);
                    break;
                case "accuracy":
                    accuracy = Measurement("accuracy", value, ref unread);
                    break;
                case "batt":
                    battery = Measurement("batt", value, ref unread);
                    break;
                case "odometer":
                    odometer = Measurement("odometer", value, ref unread);
                    break;
                case "ignition":
                    ignition = Truth(value);
                    break;
                case "valid":
                    hasFix = Truth(value) ?? true;
                    break;
                case "driverUniqueId":
                    if (!extras.TryAdd("driver", value)) unread = DeviceMessage.Naming(unread, name);
                    break;
                case "cell":
                    if (!extras.TryAddCell(value)) unread = DeviceMessage.Naming(unread, "cell");
                    break;
                case "wifi":
                    if (!extras.TryAddWifi(value)) unread = DeviceMessage.Naming(unread, "wifi");
                    break;
                default:
                    if (!extras.TryAdd(name, value)) unread = DeviceMessage.Naming(unread, name);
                    break;
            }
        }

        if (!DeviceKeys.IsWellFormed(key) || !TryPoint(latitude, longitude, out var point)) return false;
        message = new DeviceMessage
        {
            DeviceKey = key,
            Secret = secret,
            Time = time,
            Point = point,
            HasFix = hasFix,
            Speed = speed,
            HeadingDeg = heading,
            AltitudeM = altitude,
            AccuracyM = accuracy,
            BatteryPercent = battery,
            OdometerKm = odometer / 1000,
            Ignition = ignition,
            Attributes = extras.Finish(ref unread),
            Unread = unread,
        };
        return true;
    }

    /// <summary>
    /// Reads the JSON form: <c>{"location":{"timestamp":…,"coords":{…},…},"device_id":…}</c>.
    /// Its speed is in m/s, its battery level runs from 0 to 1, −1 means unknown.
    /// </summary>
    /// <returns>False when the message must be refused as malformed.</returns>
    public static bool TryReadJson(ReadOnlyMemory<byte> body, out DeviceMessage message)
    {
        message = null!;
        try
        {
            // however deep what a device adds may be nested: it is passed over, and the position stays
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxBodyBytes });
            return TryReadJson(document.RootElement, out message);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a string with half a surrogate pair, or a value of another type than the protocol's.
            return false;
        }
    }

    private static bool TryReadJson(JsonElement root, out DeviceMessage message)
    {
        message = null!;
        if (root.ValueKind != JsonValueKind.Object) return false;
        var key = Member(root, "device_id") is { } id ? id.ValueKind == JsonValueKind.Number ? id.GetRawText() : id.GetString() : null;
        if (!DeviceKeys.IsWellFormed(key)) return false;
        if (Member(root, "location") is not { ValueKind: JsonValueKind.Object } location) return false;

        DateTimeOffset? time = null;
        if (Member(location, "timestamp") is { } stamp)
        {
            var text = stamp.ValueKind == JsonValueKind.Number ? stamp.GetRawText() : stamp.GetString();
            if (!DeviceTime.TryParse(text, out var parsed)) return false;
            time = parsed;
        }

        var coords = Member(location, "coords");
        if (!TryPoint(Number(coords, "latitude"), Number(coords, "longitude"), out var point)) return false;

        var battery = Member(location, "battery");
        var extras = new AttributeWriter();
        string? unread = null;
        Keep("event", Member(location, "event"));
        Keep("motion", Member(location, "is_moving"));
        Keep("activity", Member(Member(location, "activity"), "type"));
        Keep("charge", Member(battery, "is_charging"));
        if (Member(location, "extras") is { ValueKind: JsonValueKind.Object } more)
            foreach (var extra in more.EnumerateObject())
                if (IsReadable(extra, out var name)) Keep(name, extra.Value);
                else unread = DeviceMessage.Naming(unread, "extra");

        var level = Measurement(battery, "level", ref unread);
        message = new DeviceMessage
        {
            DeviceKey = key,
            Time = time,
            Point = point,
            Speed = Measurement(coords, "speed", ref unread),
            SpeedUnit = SpeedUnit.MetresPerSecond,
            HeadingDeg = Measurement(coords, "heading", ref unread),
            AltitudeM = Measurement(coords, "altitude", ref unread),
            AccuracyM = Measurement(coords, "accuracy", ref unread),
            BatteryPercent = level is >= 0 and <= 1 ? Math.Round(level.Value * 100, 1) : null,
            OdometerKm = Measurement(location, "odometer", ref unread) / 1000,
            Attributes = extras.Finish(ref unread),
            Unread = unread,
        };
        return true;

        void Keep(string name, JsonElement? value)
        {
            if (!extras.TryAdd(name, value)) unread = DeviceMessage.Naming(unread, name);
        }
    }

    // who, when and where
    private static bool IsEssential(ReadOnlySpan<char> name) => name is "id" or "deviceid" or "secret" or "key" or "timestamp" or "lat" or "lon" or "location";

    // a name with half a surrogate pair is none, and none that is looked for
    private static JsonElement? Member(JsonElement? parent, string name)
    {
        if (parent is not { ValueKind: JsonValueKind.Object } owner) return null;
        JsonElement? found = null;
        foreach (var property in owner.EnumerateObject())
            if (IsReadable(property, out var called) && called == name) found = property.Value;
        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    private static bool IsReadable(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }

    private static double? Number(JsonElement? parent, string name) => Member(parent, name)?.GetDouble();

    // Both coordinates or none; half a point is a broken message, not a missing fix.
    private static bool TryPoint(double? latitude, double? longitude, out GeoPoint? point)
    {
        point = null;
        if (latitude is null && longitude is null) return true;
        if (latitude is null || longitude is null) return false;
        point = new GeoPoint(latitude.Value, longitude.Value);
        return point.Value.IsOnGlobe;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double? number)
    {
        number = null;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) return false;
        number = value;
        return true;
    }

    // Nothing at all says nothing; anything else that is no number is told of.
    private static double? Measurement(string name, ReadOnlySpan<char> text, ref string? unread)
    {
        if (text.IsWhiteSpace()) return null;
        if (TryNumber(text, out var number)) return number;
        unread = DeviceMessage.Naming(unread, name);
        return null;
    }

    // −1 is this form's word for "unknown".
    private static double? Measurement(JsonElement? parent, string name, ref string? unread)
    {
        if (Member(parent, name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)) return number == -1 && name != "altitude" ? null : number;
        unread = DeviceMessage.Naming(unread, name);
        return null;
    }

    private static bool? Truth(ReadOnlySpan<char> text) => text switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    };

    private static ReadOnlySpan<char> Unescape(ReadOnlySpan<char> text) =>
        text.ContainsAny('%', '+') ? WebUtility.UrlDecode(text.ToString()) : text;
}
