namespace Portal.Domain.Fleet;

/// <summary>The state of one search through a <see cref="RoadGraph"/>: times reached, arcs taken, and the frontier.</summary>
internal sealed class RoadSearch
{
    private readonly double[] reached;
    private readonly int[] arcTo;
    private readonly bool[] seed, settled;
    private readonly List<int> touched = [];
    private readonly PriorityQueue<int, double> frontier = new();
    private bool seeding = true;

    public RoadSearch(int junctions)
    {
        reached = new double[junctions];
        arcTo = new int[junctions];
        seed = new bool[junctions];
        settled = new bool[junctions];
        Array.Fill(reached, double.PositiveInfinity);
    }

    /// <summary>Makes it ready for another search, at the price of what this one touched and not of the whole graph.</summary>
    public void Clear()
    {
        foreach (var junction in touched)
        {
            reached[junction] = double.PositiveInfinity;
            settled[junction] = false;
        }
        touched.Clear();
        frontier.Clear();
        seeding = true;
    }

    /// <summary>Best time known so far, infinite when not reached.</summary>
    public double Seconds(int junction) => reached[junction];

    /// <summary>The arc by which the junction is reached best.</summary>
    public int Arc(int junction) => arcTo[junction];

    /// <summary>True when the junction is reached best straight from the starting point.</summary>
    public bool IsSeed(int junction) => seed[junction];

    /// <summary>Notes a better time; <paramref name="priority"/> orders the frontier. Calls before the first <see cref="Next"/> are the seeds.</summary>
    public void Reach(int junction, double seconds, double priority, int arc)
    {
        if (seconds >= reached[junction]) return;
        if (double.IsPositiveInfinity(reached[junction])) touched.Add(junction);
        reached[junction] = seconds;
        arcTo[junction] = arc;
        seed[junction] = seeding;
        settled[junction] = false;
        frontier.Enqueue(junction, priority);
    }

    /// <summary>The next junction in order of priority, each once.</summary>
    public bool Next(out int junction, out double priority)
    {
        seeding = false;
        while (frontier.TryDequeue(out junction, out priority))
        {
            if (settled[junction]) continue;
            settled[junction] = true;
            return true;
        }
        return false;
    }
}
