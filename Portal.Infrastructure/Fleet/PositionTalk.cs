using System.Globalization;
using Portal.Domain.Fleet;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Tells the other nodes where the vehicles are whose devices report to this one: the newest position of each that moved, one a line,
/// <c>vehicle;milliseconds;latitude;longitude;km/h;heading;ignition;battery</c>.
/// </summary>
internal sealed class PositionTalk(LiveFleet live) : INodeTalk
{
    private long said;
    private int repeat;

    public string Topic => "positions";

    public IEnumerable<string> Say()
    {
        if (Interlocked.Exchange(ref repeat, 0) == 1) said = 0;
        (var moved, said) = live.ChangedSince(said, heardHere: true);
        return NodeBodies.Pack(moved.Select(Line));
    }

    public void Hear(string body) => live.Restore(NodeBodies.Unpack(body).Select(Vehicle));

    public void Repeat() => Volatile.Write(ref repeat, 1);

    private static string Line(LiveVehicle v) => string.Create(CultureInfo.InvariantCulture,
        $"{v.Vehicle.Value:N};{v.Time.ToUnixTimeMilliseconds()};{v.Point.Latitude:F6};{v.Point.Longitude:F6};{v.SpeedKmh:F1};{v.HeadingDeg:F0};{(v.Ignition is { } on ? on ? "1" : "0" : "")};{v.BatteryPercent:F0}");

    private static LiveVehicle Vehicle(string line)
    {
        var part = line.Split(';');
        return new(new VehicleId(Guid.ParseExact(part[0], "N")), DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(part[1], CultureInfo.InvariantCulture)),
            new(Number(part[2]), Number(part[3])), Number(part[4]), Number(part[5]) % 360,
            part[6] is "" ? null : part[6] == "1", part[7] is "" ? null : Number(part[7]));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
