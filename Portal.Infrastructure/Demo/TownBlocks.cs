namespace Portal.Infrastructure.Demo;

/// <summary>A rectangle of the lattice, bounded by streets.</summary>
internal readonly record struct TownBlocks(int West, int South, int East, int North)
{
    /// <summary>True when the stretch between two neighbouring crossings lies inside, not on the edge.</summary>
    public bool Encloses((int Column, int Row) a, (int Column, int Row) b)
    {
        var (column, row) = ((a.Column + b.Column) / 2.0, (a.Row + b.Row) / 2.0);
        return column > West && column < East && row > South && row < North;
    }

    /// <summary>The crossings around it, closed, counter-clockwise.</summary>
    public IEnumerable<(int Column, int Row)> Edge()
    {
        for (var c = West; c < East; c++) yield return (c, South);
        for (var r = South; r < North; r++) yield return (East, r);
        for (var c = East; c > West; c--) yield return (c, North);
        for (var r = North; r >= South; r--) yield return (West, r);
    }
}
