using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Demo;

/// <summary>
/// The ground of the demo town: a square lattice bent into a round, uneven town with a river and a railway.
/// Lattice coordinates are column (west to east) and row (south to north), both 0…<see cref="Last"/>; metres are east and north of the centre.
/// </summary>
internal sealed class TownTerrain
{
    /// <summary>The last column and row.</summary>
    public const int Last = 34;

    private const double HalfWidthM = 3500, BankM = 130, RiverHalfWidthM = 55, JitterM = 18;

    private readonly (double Length, double Phase, double Turn)[] waves;
    private readonly (double X, double Y)[,] jitter = new (double, double)[Last + 1, Last + 1];
    private readonly double riverPhase, railPhase;
    private readonly LocalPlane plane;

    public TownTerrain(GeoPoint centre, Random random)
    {
        plane = new LocalPlane(centre);
        waves = [.. Enumerable.Range(0, 5).Select(_ => (900 + 1800 * random.NextDouble(), Angle(random), Angle(random)))];
        (riverPhase, railPhase) = (Angle(random), Angle(random));
        for (var column = 0; column <= Last; column++)
            for (var row = 0; row <= Last; row++)
                jitter[column, row] = (JitterM * (2 * random.NextDouble() - 1), JitterM * (2 * random.NextDouble() - 1));
    }

    /// <summary>Where the middle of the river lies north of the centre.</summary>
    public double RiverY(double x) => 750 + 300 * Math.Sin(x / 1300 + riverPhase) + 90 * Math.Sin(x / 520 + 2 * riverPhase);

    /// <summary>Where the railway lies east of the centre.</summary>
    public double RailX(double y) => -1500 + 350 * Math.Sin(y / 1900 + railPhase);

    /// <summary>A crossing of the lattice; those in the water stand on the bank.</summary>
    public (double X, double Y) Crossing(int column, int row)
    {
        var (x, y) = Bend(column, row);
        x += jitter[column, row].X;
        y += jitter[column, row].Y;
        var river = RiverY(x);
        return (x, Math.Abs(y - river) >= BankM ? y : river + (y >= river ? BankM : -BankM));
    }

    /// <summary>True when the crossing lies north of the river.</summary>
    public bool IsNorth((double X, double Y) at) => at.Y > RiverY(at.X);

    /// <summary>True when the crossing lies east of the railway.</summary>
    public bool IsEast((double X, double Y) at) => at.X > RailX(at.Y);

    /// <summary>The line between two neighbouring crossings, bent as the ground is.</summary>
    public List<GeoPoint> Line((int Column, int Row) from, (int Column, int Row) to)
    {
        var (a, b) = (Crossing(from.Column, from.Row), Crossing(to.Column, to.Row));
        var (flatA, flatB) = (Bend(from.Column, from.Row), Bend(to.Column, to.Row));
        return [.. new[] { 0, 1 / 3.0, 2 / 3.0, 1 }.Select(share =>
        {
            var bent = Bend(from.Column + share * (to.Column - from.Column), from.Row + share * (to.Row - from.Row));
            return Point(
                Mix(a.X, b.X, share) + bent.X - Mix(flatA.X, flatB.X, share),
                Mix(a.Y, b.Y, share) + bent.Y - Mix(flatA.Y, flatB.Y, share));
        })];
    }

    /// <summary>The water as a closed ring, reaching beyond the town on both sides.</summary>
    public List<GeoPoint> River()
    {
        var xs = Enumerable.Range(-45, 91).Select(i => i * 100.0).ToList();
        double Width(double x) => RiverHalfWidthM + 15 * Math.Sin(x / 700);
        List<GeoPoint> ring = [.. xs.Select(x => Point(x, RiverY(x) + Width(x)))];
        ring.AddRange(xs.AsEnumerable().Reverse().Select(x => Point(x, RiverY(x) - Width(x))));
        ring.Add(ring[0]);
        return ring;
    }

    /// <summary>The railway from south to north.</summary>
    public List<GeoPoint> Railway() => [.. Enumerable.Range(-45, 91).Select(i => Point(RailX(i * 100), i * 100))];

    /// <summary>Metres to degrees, rounded to a millionth so that every machine writes the same town.</summary>
    public GeoPoint Point(double x, double y)
    {
        var point = plane.Unproject(x, y);
        return new(Math.Round(point.Latitude, 6), Math.Round(point.Longitude, 6));
    }

    private (double X, double Y) Bend(double column, double row)
    {
        var (u, v) = (2 * column / Last - 1, 2 * row / Last - 1);
        var x = HalfWidthM * u * (0.3 + 0.7 * Math.Sqrt(1 - v * v / 2));
        var y = HalfWidthM * v * (0.3 + 0.7 * Math.Sqrt(1 - u * u / 2));
        var (dx, dy) = (0.0, 0.0);
        foreach (var (length, phase, turn) in waves)
        {
            var along = (x * Math.Cos(turn) + y * Math.Sin(turn)) / length * 2 * Math.PI + phase;
            dx += 0.018 * length * Math.Sin(along) * Math.Sin(turn);
            dy += 0.018 * length * Math.Sin(along) * Math.Cos(turn);
        }
        return (x + dx, y + dy);
    }

    private static double Mix(double a, double b, double share) => a + share * (b - a);

    private static double Angle(Random random) => 2 * Math.PI * random.NextDouble();
}
