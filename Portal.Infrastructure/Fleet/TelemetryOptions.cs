namespace Portal.Infrastructure.Fleet;

/// <summary>Settings of the intake of positions: the section <c>Telemetry</c> of the configuration.</summary>
public sealed record TelemetryOptions
{
    /// <summary>A port of its own for OsmAnd clients, beside <c>/osmand</c> on the web port; none when empty.</summary>
    public int? OsmAndPort { get; init; }
    /// <summary>Messages per second that one device may send for long.</summary>
    public double DeviceRate { get; init; } = 50;
    /// <summary>Messages that one device may send at once, as after a tunnel.</summary>
    public int DeviceBurst { get; init; } = 1000;
    /// <summary>Readings that may wait for the database; beyond it devices are told to keep theirs.</summary>
    public int QueueCapacity { get; init; } = 50_000;
    /// <summary>How long a device waits for its acknowledgement while the database is away.</summary>
    public TimeSpan AcknowledgeWithin { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Database connections that may write positions; all but the first are used only when it falls behind.</summary>
    public int Writers { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 2, 4);
    /// <summary>Days a position is kept, counted from its receipt.</summary>
    public int RetentionDays { get; init; } = 400;
}
