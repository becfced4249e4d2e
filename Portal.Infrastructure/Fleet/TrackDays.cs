using Npgsql;
using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Notes which days of which vehicles have got positions, for <see cref="DriveRecorder"/>. What was noted is not noted again for
/// <see cref="Again"/>, so that a steady stream costs nothing; not safe for concurrent use.
/// </summary>
public sealed class TrackDays(TimeProvider time)
{
    /// <summary>A day may have changed for so long after the moment that is noted.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    private const int Most = 100_000;
    private readonly Dictionary<(Guid Vehicle, int Day), DateTimeOffset> noted = [];

    /// <summary>Notes the days of readings, in a commit of its own; best sorted by vehicle and time.</summary>
    public async Task NoteAsync(NpgsqlConnection connection, IReadOnlyList<PositionReading> readings, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var changed = Changed(readings, now);
        if (changed.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            insert into fleet.track_day as known (vehicle, day, changed_at) select vehicle, day, $3 from unnest($1, $2) as row (vehicle, day) order by 1, 2
            on conflict (vehicle, day) do update set changed_at = greatest(known.changed_at, excluded.changed_at)
            """, connection)
        {
            Parameters =
            {
                new() { Value = changed.Select(key => key.Vehicle).ToArray() },
                new() { Value = changed.Select(key => DateOnly.FromDayNumber(key.Day)).ToArray() },
                new() { Value = now },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
        if (noted.Count > Most) noted.Clear();
        foreach (var key in changed) noted[key] = now;
    }

    private HashSet<(Guid Vehicle, int Day)> Changed(IReadOnlyList<PositionReading> readings, DateTimeOffset now)
    {
        var changed = new HashSet<(Guid, int)>();
        (Guid, int) last = default;
        foreach (var reading in readings)
        {
            var key = (reading.Vehicle.Value, (int)(reading.Time.UtcTicks / TimeSpan.TicksPerDay));
            if (key == last) continue;
            last = key;
            if (!noted.TryGetValue(key, out var before) || now - before >= Again) changed.Add(key);
        }
        return changed;
    }
}
