using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public class OsmAndDecoderTests
{
    private const string PhoneJson = """
        {"location":{"event":"heartbeat","is_moving":true,"timestamp":"2026-03-01T08:06:34.444Z","odometer":1500,
         "coords":{"latitude":-6.25,"longitude":106.75,"accuracy":4.5,"speed":10,"heading":63,"altitude":35.5},
         "activity":{"type":"in_vehicle","confidence":90},"battery":{"is_charging":false,"level":0.79},"extras":{"tour":12}},"device_id":"phone-7"}
        """;

    [Fact]
    public void Parameters_WithEverythingAPhoneSends_AreRead()
    {
        var message = Read("?id=phone-7&timestamp=1772352394&lat=50.25&lon=-30.5&speed=40&bearing=7.5&altitude=120.5&accuracy=8&batt=55&ignition=true&rpm=933&code=007&note=caf%C3%A9+open&charge=false");
        Assert.Equal("phone-7", message.DeviceKey);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1772352394), message.Time);
        Assert.Equal(new GeoPoint(50.25, -30.5), message.Point);
        Assert.Equal((40, null), (message.Speed, message.SpeedUnit));
        Assert.Equal((7.5, 120.5, 8, 55), (message.HeadingDeg, message.AltitudeM, message.AccuracyM, message.BatteryPercent));
        Assert.True(message.Ignition);
        Assert.Equal("""{"rpm":933,"code":"007","note":"café open","charge":false}""", message.Attributes);
    }

    [Theory]
    [InlineData("1772352394", "2026-03-01T08:06:34.000Z")]
    [InlineData("1772352394.25", "2026-03-01T08:06:34.250Z")]
    [InlineData("1772352394444", "2026-03-01T08:06:34.444Z")]
    [InlineData("2147483646", "2038-01-19T03:14:06.000Z")]
    [InlineData("2147483648", "1970-01-25T20:31:23.648Z")]
    [InlineData("2026-03-01T08%3A06%3A34Z", "2026-03-01T08:06:34.000Z")]
    [InlineData("2026-03-01T10:06:34.4449%2B02:00", "2026-03-01T08:06:34.444Z")]
    [InlineData("2026-03-01+08:06:34", "2026-03-01T08:06:34.000Z")]
    public void Timestamp_InEveryFormDevicesWrite_IsUtc(string stamp, string expected)
    {
        Assert.Equal(DateTimeOffset.Parse(expected), Read($"id=a&lat=1&lon=1&timestamp={stamp}").Time);
    }

    [Theory]
    [InlineData("lat=1&lon=1")]
    [InlineData("id=&lat=1&lon=1")]
    [InlineData("id=..%2F..%2Fetc%2Fpasswd&lat=1&lon=1")]
    [InlineData("id=%2Fetc%2Fpasswd&lat=1&lon=1")]
    [InlineData("id=..&lat=1&lon=1")]
    [InlineData("id=a%00b&lat=1&lon=1")]
    [InlineData("id=a&lat=91&lon=1")]
    [InlineData("id=a&lat=-90.0001&lon=1")]
    [InlineData("id=a&lat=1&lon=180.0001")]
    [InlineData("id=a&lat=NaN&lon=1")]
    [InlineData("id=a&lat=1&lon=Infinity")]
    [InlineData("id=a&lat=1e999&lon=1")]
    [InlineData("id=a&lat=1")]
    [InlineData("id=a&lon=1")]
    [InlineData("id=a&location=60")]
    [InlineData("id=a&lat=1&lon=1&timestamp=yesterday")]
    [InlineData("id=a&lat=1&lon=1&timestamp=NaN")]
    [InlineData("id=a&lat=1&lon=1&timestamp=-5")]
    [InlineData("id=a&lat=1&lon=1&timestamp=9e300")]
    public void Parameters_ThatCannotBeTrue_AreRefused(string query)
    {
        Assert.False(OsmAndDecoder.TryReadParameters(query, out _));
    }

    [Theory]
    [InlineData("speed=fast", "speed")]
    [InlineData("speed=NaN", "speed")]
    [InlineData("batt=abc&altitude=x&bearing=&odometer=1e999", "batt altitude odometer")]
    [InlineData("speed=", null)]
    [InlineData("cell=&wifi=", "cell wifi")]
    [InlineData("cell=1,2,3&wifi=nowhere", "cell wifi")]
    [InlineData("cell=250,1,1A2B,4&wifi=-----------------,-70", "cell wifi")]
    [InlineData("cell=1,2,3,4,5,6&wifi=00-11-22-33-44-55,loud", "cell wifi")]
    [InlineData("=5", null)]
    public void Measurement_ThatCannotBeRead_IsNamedAndCostsNoPosition(string optional, string? unread)
    {
        var message = Read($"id=a&lat=1&lon=2&accuracy=5&{optional}");
        Assert.Equal((new GeoPoint(1, 2), 5.0, unread), (message.Point, message.AccuracyM, message.Unread));
        Assert.Null(message.Speed ?? message.HeadingDeg ?? message.BatteryPercent ?? message.AltitudeM ?? message.OdometerKm);
    }

    [Fact]
    public void Json_WithMeasurementsUnknownOrUnreadable_KeepsThePosition()
    {
        var message = ReadJson("""{"device_id":"a","location":{"coords":{"latitude":1,"longitude":2,"speed":-1,"heading":"north","altitude":1e999},"battery":{"level":-1}}}""");
        Assert.Equal((new GeoPoint(1, 2), "heading altitude"), (message.Point, message.Unread));
        Assert.Null(message.Speed ?? message.HeadingDeg ?? message.AltitudeM ?? message.BatteryPercent);
    }

    [Fact]
    public void Parameters_BeyondTheBounds_AreRefused()
    {
        Assert.False(OsmAndDecoder.TryReadParameters($"id={new string('a', 65)}&lat=1&lon=1", out _));
    }

    [Fact]
    public void Parameters_ByTheHundred_KeepThePositionAndWhatThereIsRoomFor()
    {
        var message = Read("id=a" + string.Concat(Enumerable.Range(0, 900).Select(i => $"&p{i}=1")) + "&lat=1&lon=2&cell=1,2,3,4");
        Assert.Equal(new GeoPoint(1, 2), message.Point);
        Assert.StartsWith("""{"p0":1,"p1":1""", message.Attributes);
        Assert.NotNull(message.Unread);
    }

    [Fact]
    public void Parameters_WhereAnExtraHasTheNameOfTheCells_NameTheCellsAsUnread() =>
        Assert.Equal("cell", Read("id=a&lat=1&lon=2&cells=7&cell=1,2,3,4").Unread);

    [Theory]
    [InlineData("""{"event":"\ud800",COORDS}""", "event", null)]
    [InlineData("""{"\ud800":1,COORDS}""", null, null)]
    [InlineData("""{"extras":{"note":"\ud800","tour":7},COORDS}""", "note", """{"tour":7}""")]
    [InlineData("""{"extras":{"\ud800":1,"tour":7},COORDS}""", "extra", """{"tour":7}""")]
    [InlineData("""{"extras":{"deep":[[[[[[[[[[[[[[1]]]]]]]]]]]]]],"tour":7},COORDS}""", null, """{"tour":7}""")]
    public void Json_WithHalfACharacterOrANest_KeepsThePosition(string location, string? unread, string? attributes)
    {
        var message = ReadJson("""{"device_id":"a","location":""" + location.Replace("COORDS", """ "coords":{"latitude":1,"longitude":2} """, StringComparison.Ordinal) + "}");
        Assert.Equal((new GeoPoint(1, 2), unread, attributes), (message.Point, message.Unread, message.Attributes));
    }

    [Theory]
    [InlineData("nam%00e=1", "extra")]
    [InlineData("na\"me=1%00", "extra")]
    [InlineData("note=a%00b", "note")]
    [InlineData("speed=1%00", "speed")]
    public void Parameters_WithU0000InAnExtra_KeepThePositionAndNameIt(string extra, string unread)
    {
        var message = Read($"id=a&lat=1&lon=2&{extra}&fuel=24");
        Assert.Equal((new GeoPoint(1, 2), unread, """{"fuel":24}""", null), (message.Point, message.Unread, message.Attributes, message.Speed));
    }

    [Fact]
    public void Parameters_WithExtrasTooLongOrTooMany_KeepThePositionAndTheRest()
    {
        var message = Read($"id=a&lat=1&lon=2&note={new string('x', 3000)}&{new string('n', 65)}=1&driverUniqueId={new string('d', 1001)}&fuel=24");
        Assert.Equal("note extra driverUniqueId", message.Unread);
        Assert.Equal("""{"fuel":24}""", message.Attributes);

        var many = Read("id=a&lat=1&lon=2" + string.Concat(Enumerable.Range(0, 10).Select(i => $"&p{i}={new string('x', 900)}")));
        Assert.Equal("p4 p5 p6 p7 p8 p9", many.Unread);
        using var kept = JsonDocument.Parse(many.Attributes!);
        Assert.Equal(4, kept.RootElement.EnumerateObject().Count());
    }

    [Fact]
    public void Json_WithAnExtraThatCannotBeKept_KeepsThePosition()
    {
        var message = ReadJson($$$"""{"device_id":"a","location":{"coords":{"latitude":1,"longitude":2},"event":"x\u0000","extras":{"note":"{{{new string('x', 3000)}}}","tour":7} } }""");
        Assert.Equal((new GeoPoint(1, 2), "event note", """{"tour":7}"""), (message.Point, message.Unread, message.Attributes));
    }

    [Fact]
    public void Attributes_GivenTwice_KeepTheFirstValue()
    {
        Assert.Equal("""{"fuel":24}""", Read("id=a&fuel=24&fuel=25").Attributes);
    }

    [Fact]
    public void Parameters_WithoutCoordinates_InventNone()
    {
        var message = Read("id=a&cell=257,02,16,2224&cell=257,02,16,2223,-90&wifi=00-14-22-01-23-45,-80");
        Assert.Null(message.Point);
        Assert.Equal("""{"cells":[[257,2,16,2224,null],[257,2,16,2223,-90]],"wifi":[["00:14:22:01:23:45",-80]]}""", message.Attributes);
    }

    [Fact]
    public void Parameters_ThatSayTheFixIsInvalid_KeepThePoint()
    {
        var message = Read("id=a&lat=1&lon=2&valid=false");
        Assert.False(message.HasFix);
        Assert.Equal(new GeoPoint(1, 2), message.Point);
    }

    [Theory]
    [InlineData("secret=s1&id=a&lat=1&lon=1")]
    [InlineData("id=a&lat=1&lon=1&key=s1")]
    public void Secret_InTheQuery_IsTakenAndNotKept(string query)
    {
        var message = Read(query);
        Assert.Equal("s1", message.Secret);
        Assert.Null(message.Attributes);
    }

    [Fact]
    public void Json_OfAPhone_IsRead()
    {
        var message = ReadJson(PhoneJson);
        Assert.Equal("phone-7", message.DeviceKey);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 8, 6, 34, 444, TimeSpan.Zero), message.Time);
        Assert.Equal(new GeoPoint(-6.25, 106.75), message.Point);
        Assert.Equal((10, SpeedUnit.MetresPerSecond), (message.Speed, message.SpeedUnit));
        Assert.Equal((63, 35.5, 4.5, 79, 1.5), (message.HeadingDeg, message.AltitudeM, message.AccuracyM, message.BatteryPercent, message.OdometerKm));
        Assert.Equal("""{"event":"heartbeat","motion":true,"activity":"in_vehicle","charge":false,"tour":12}""", message.Attributes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"device_id\":\"a\"}")]
    [InlineData("{\"device_id\":\"a\",\"location\":[]}")]
    [InlineData("{\"device_id\":\"../a\",\"location\":{}}")]
    [InlineData("{\"device_id\":\"a\\u0000\",\"location\":{}}")]
    [InlineData("{\"device_id\":\"a\",\"location\":{\"coords\":{\"latitude\":91,\"longitude\":1}}}")]
    [InlineData("{\"device_id\":\"a\",\"location\":{\"coords\":{\"latitude\":\"x\",\"longitude\":1}}}")]
    [InlineData("{\"device_id\":\"a\",\"location\":{\"coords\":{\"latitude\":1e999,\"longitude\":1}}}")]
    [InlineData("{\"device_id\":\"a\",\"location\":{\"timestamp\":true}}")]
    [InlineData("{\"device_id\":{},\"location\":{}}")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}}}")]
    public void Json_ThatCannotBeTrue_IsRefused(string body)
    {
        Assert.False(OsmAndDecoder.TryReadJson(Encoding.UTF8.GetBytes(body), out _));
    }

    [Fact]
    public void Parameters_OfAnyBytes_NeverThrow()
    {
        Prop.ForAll<string>(text =>
        {
            OsmAndDecoder.TryReadParameters(text ?? "", out _);
            OsmAndDecoder.TryReadParameters("id=a&" + text, out _);
            OsmAndDecoder.TryReadJson(Encoding.UTF8.GetBytes(text ?? ""), out _);
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [SharedDataFact("protocols/protocol-samples.json")]
    public void Samples_OfTheWire_DecodeAsExpected()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(SharedData.File("protocols/protocol-samples.json")));
        var samples = file.RootElement.GetProperty("protocols").GetProperty("osmand").GetProperty("samples").EnumerateArray().ToList();
        Assert.Equal(8, samples.Count);
        foreach (var sample in samples)
        {
            var query = sample.GetProperty("target").GetString()!.TrimStart('/');
            var decoded = sample.TryGetProperty("body", out var body)
                ? OsmAndDecoder.TryReadJson(Encoding.UTF8.GetBytes(body.GetString()!), out var message)
                : OsmAndDecoder.TryReadParameters(query, out message);
            Assert.Equal(sample.GetProperty("expectedHttpStatus").GetInt32() == 200, decoded);
            if (!decoded) continue;
            foreach (var expected in sample.GetProperty("expected").EnumerateObject()) Check(message, expected);
        }
    }

    private static void Check(DeviceMessage message, JsonProperty expected)
    {
        var value = expected.Value;
        switch (expected.Name)
        {
            case "deviceId": Assert.Equal(value.GetString(), message.DeviceKey); break;
            case "timeUtc" when value.GetString() == "server receive time": Assert.Null(message.Time); break;
            case "timeUtc": Assert.Equal(value.GetDateTimeOffset(), message.Time); break;
            case "latitude": Assert.Equal(Optional(value), message.Point?.Latitude); break;
            case "longitude": Assert.Equal(Optional(value), message.Point?.Longitude); break;
            case "altitudeM": Assert.Equal(Optional(value), message.AltitudeM); break;
            case "accuracyM": Assert.Equal(Optional(value), message.AccuracyM); break;
            case "courseDeg": Assert.Equal(Optional(value), message.HeadingDeg); break;
            case "batteryPercent": Assert.Equal(Optional(value), message.BatteryPercent); break;
            case "odometerM": Assert.Equal(value.GetDouble() / 1000, message.OdometerKm); break;
            case "ignition": Assert.Equal(value.GetBoolean(), message.Ignition); break;
            case "speedKmh": Assert.Equal(value.GetDouble(), (message.SpeedUnit ?? SpeedUnit.Knots).ToKmh(message.Speed!.Value), 6); break;
            default:
                using (var attributes = JsonDocument.Parse(message.Attributes!))
                    Assert.True(JsonElement.DeepEquals(value, attributes.RootElement.GetProperty(expected.Name)), expected.Name);
                break;
        }
    }

    private static double? Optional(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetDouble();

    private static DeviceMessage Read(string query)
    {
        Assert.True(OsmAndDecoder.TryReadParameters(query, out var message));
        return message;
    }

    private static DeviceMessage ReadJson(string body)
    {
        Assert.True(OsmAndDecoder.TryReadJson(Encoding.UTF8.GetBytes(body), out var message));
        return message;
    }
}
