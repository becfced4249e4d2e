namespace Portal.Domain.Clients.Calendar;

/// <summary>Where an entry of a day stands: its lane, and how many lanes share its width.</summary>
public readonly record struct DayLane(int Lane, int Of);

/// <summary>Lays entries of a day that overlap side by side, in as few lanes as they need.</summary>
public static class DayLanes
{
    /// <summary>
    /// A lane for each entry, in the order given. Entries that overlap, also through others, share the width; nobody waits in a lane
    /// while one further left is free.
    /// </summary>
    /// <param name="entries">beginning and end in minutes of the day, the end after the beginning</param>
    public static IReadOnlyList<DayLane> Arrange(IReadOnlyList<(int From, int Until)> entries)
    {
        var lanes = new DayLane[entries.Count];
        var (free, cluster, open) = (new List<int>(), new List<int>(), int.MinValue);
        foreach (var i in Enumerable.Range(0, entries.Count).OrderBy(i => entries[i].From).ThenByDescending(i => entries[i].Until).ThenBy(i => i))
        {
            var (from, until) = entries[i];
            if (from >= open) Close();
            var lane = free.FindIndex(end => end <= from);
            if (lane < 0)
            {
                lane = free.Count;
                free.Add(until);
            }
            else free[lane] = until;
            lanes[i] = new(lane, 0);
            cluster.Add(i);
            open = Math.Max(open, until);
        }
        Close();
        return lanes;

        void Close()
        {
            foreach (var i in cluster) lanes[i] = lanes[i] with { Of = free.Count };
            free.Clear();
            cluster.Clear();
        }
    }
}
