using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Demo;

/// <summary>
/// Lays streets along the lattice: a ring, avenues and collectors, streets between them, lanes in the old town.
/// Streets stop at parks and at the river, avenues bridge it; a tenth of the small stretches is missing, as in any town that grew.
/// </summary>
internal sealed class TownStreets(TownTerrain terrain, TownNames names, Random random, IReadOnlyList<TownBlocks> parks, Func<int, int, string> districtOf)
{
    private const int RingInner = 4, RingOuter = TownTerrain.Last - RingInner;
    private const double MissingShare = 0.1, HouseEveryM = 24;

    private static readonly int[] Avenues = [11, 17, 23];
    private static readonly int[] Collectors = [0, 8, 14, 20, 26, TownTerrain.Last];
    private static readonly int[] Bridges = [RingInner, 11, 14, 17, 20, 23, RingOuter];

    private readonly List<StreetSegment> laid = [];
    private readonly string ringName = $"Ring {names.Next()}";

    /// <summary>All streets that hang together.</summary>
    public List<StreetSegment> Lay()
    {
        for (var line = 0; line <= TownTerrain.Last; line++)
        {
            LayLine(line, along => (along, line), isColumn: false);
            LayLine(line, along => (line, along), isColumn: true);
        }
        var roads = new RoadGraph(laid);
        var centre = laid.FindIndex(s => s.Class == RoadClass.Avenue);
        var hub = new RoadPoint(centre, 0, laid[centre].Line[0], 0, false);
        return [.. laid.Where((_, s) => roads.Connected(new(s, 0, laid[s].Line[0], 0, false), hub))];
    }

    private void LayLine(int line, Func<int, (int Column, int Row)> crossing, bool isColumn)
    {
        var (name, road, left, number) = ("", (RoadClass?)null, 0, 1);
        for (var along = 0; along < TownTerrain.Last; along++)
        {
            var (from, to) = (crossing(along), crossing(along + 1));
            var here = ClassOf(line, along);
            if (!CanLay(line, here, from, to, isColumn))
            {
                left = 0;
                continue;
            }
            if (left-- <= 0 || here != road) (name, road, left, number) = (NameFor(here), here, StretchesOf(here), 1);
            var segment = Segment(name, here, terrain.Line(from, to), number);
            laid.Add(segment with { District = districtOf(from.Column, from.Row) });
            number = Math.Max(number, segment.Left.To + 2);
        }
    }

    private static RoadClass ClassOf(int line, int along)
    {
        if (line is RingInner or RingOuter && along is >= RingInner and < RingOuter) return RoadClass.Motorway;
        if (Avenues.Contains(line)) return RoadClass.Avenue;
        if (Collectors.Contains(line)) return RoadClass.Collector;
        return line is > 13 and < 21 && along is >= 13 and < 21 && line % 2 == 1 ? RoadClass.Lane : RoadClass.Street;
    }

    private bool CanLay(int line, RoadClass road, (int Column, int Row) from, (int Column, int Row) to, bool isColumn)
    {
        var (a, b) = (terrain.Crossing(from.Column, from.Row), terrain.Crossing(to.Column, to.Row));
        if (terrain.IsNorth(a) != terrain.IsNorth(b)) return isColumn && Bridges.Contains(line);
        if (road < RoadClass.Street) return true;
        return terrain.IsEast(a) == terrain.IsEast(b)
            && !parks.Any(park => park.Encloses(from, to))
            && random.NextDouble() >= MissingShare;
    }

    private string NameFor(RoadClass road) => road switch
    {
        RoadClass.Motorway => ringName,
        RoadClass.Avenue => $"Corso {names.Next()}",
        RoadClass.Lane => $"Vico {names.Next()}",
        _ => $"Via {names.Next()}",
    };

    /// <summary>How many stretches carry one name before the next begins, less the first.</summary>
    private int StretchesOf(RoadClass road) => road switch
    {
        RoadClass.Motorway or RoadClass.Avenue => TownTerrain.Last,
        RoadClass.Collector => random.Next(9, 14),
        _ => random.Next(4, 8),
    };

    private static StreetSegment Segment(string name, RoadClass road, List<Portal.Domain.Shared.GeoPoint> line, int number)
    {
        var houses = road == RoadClass.Motorway ? 0 : Math.Max(1, (int)(Polyline.Length(line) / HouseEveryM));
        return new()
        {
            Name = name,
            Class = road,
            Line = line,
            Left = houses == 0 ? default : new(number, number + 2 * (houses - 1)),
            Right = houses == 0 ? default : new(number + 1, number + 2 * houses - 1),
        };
    }
}
