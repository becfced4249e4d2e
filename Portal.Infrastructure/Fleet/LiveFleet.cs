using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Where every vehicle is now, in memory. Accepting a reading never waits: it puts the vehicle at the front of the list
/// of changes and wakes the watchers; each watcher then takes, at his own pace, whatever changed since he last looked.
/// A slow watcher therefore gets fewer and newer positions, costs nobody else anything and holds no queue.
/// </summary>
public sealed class LiveFleet(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<VehicleId, LinkedListNode<LiveTrack>> tracks = [];
    private readonly LinkedList<LiveTrack> changes = new();
    private readonly HashSet<LiveWatch> watches = [];
    private long version;

    /// <summary>Number of watchers now.</summary>
    public int WatcherCount
    {
        get { lock (gate) return watches.Count; }
    }

    /// <summary>
    /// Judges a reading against what is known of its vehicle and, when it is clean and newer, shows it to all watchers.
    /// </summary>
    /// <returns>The flags under which the reading is to be kept.</returns>
    public PositionFlags Accept(PositionReading reading)
    {
        if (!reading.HasCredibleTime) return reading.Flags;
        lock (gate)
        {
            var node = Node(reading.Vehicle);
            var flags = node.Value.Judge(reading);
            if (flags == PositionFlags.None && node.Value.Advance(reading)) Changed(node);
            return flags;
        }
    }

    /// <summary>Shows positions that were stored before a restart or came to another node; newer ones that are here stay.</summary>
    public void Restore(IEnumerable<LiveVehicle> stored)
    {
        lock (gate)
        {
            foreach (var vehicle in stored)
                if (Node(vehicle.Vehicle) is var node && node.Value.Restore(vehicle)) Changed(node);
        }
    }

    /// <summary>The newest position of a vehicle, or null when none is known.</summary>
    public LiveVehicle? Find(VehicleId vehicle)
    {
        lock (gate) return tracks.GetValueOrDefault(vehicle)?.Value.Latest;
    }

    /// <summary>The newest position of every vehicle that has one.</summary>
    public IReadOnlyList<LiveVehicle> All() => ChangedSince(0).Vehicles;

    /// <summary>The way of a vehicle over the last half hour, oldest first; ends with the newest position. Empty when unknown.</summary>
    public IReadOnlyList<TrackPoint> Trail(VehicleId vehicle)
    {
        lock (gate)
        {
            if (tracks.GetValueOrDefault(vehicle)?.Value is not { Latest: { } latest } track) return [];
            return [.. track.Trail.Where(point => point.Time < latest.Time), new TrackPoint(latest.Time, latest.Point)];
        }
    }

    /// <summary>
    /// Begins to watch: the snapshot and the stream of changes are taken under one lock, so nothing falls between them.
    /// The watch ends with <paramref name="ct"/> or when it is disposed.
    /// </summary>
    public LiveWatch Watch(LiveScope scope, CancellationToken ct)
    {
        LiveWatch watch;
        lock (gate)
        {
            watch = new LiveWatch(this, scope, time, ct);
            watches.Add(watch);
        }
        watch.Begin();
        return watch;
    }

    internal void Leave(LiveWatch watch)
    {
        lock (gate) watches.Remove(watch);
    }

    /// <summary>Vehicles changed after the given version, newest first, with the version they bring the reader to.</summary>
    /// <param name="heardHere">Only those whose position came from a device to this node.</param>
    internal (IReadOnlyList<LiveVehicle> Vehicles, long Version) ChangedSince(long seen, bool heardHere = false)
    {
        lock (gate)
        {
            var changed = new List<LiveVehicle>();
            for (var node = changes.First; node is not null && node.Value.Version > seen; node = node.Next)
                if (!heardHere || node.Value.HeardHere) changed.Add(node.Value.Latest!);
            return (changed, version);
        }
    }

    private LinkedListNode<LiveTrack> Node(VehicleId vehicle)
    {
        if (!tracks.TryGetValue(vehicle, out var node)) tracks.Add(vehicle, node = new LinkedListNode<LiveTrack>(new LiveTrack()));
        return node;
    }

    private void Changed(LinkedListNode<LiveTrack> node)
    {
        node.Value.Version = ++version;
        if (node.List is not null) changes.Remove(node);
        changes.AddFirst(node);
        foreach (var watch in watches) watch.Wake();
    }
}
