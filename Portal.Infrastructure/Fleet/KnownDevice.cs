using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>What the intake keeps in memory of a registered device.</summary>
public sealed record KnownDevice(DeviceId Id, string Key, byte[] SecretHash, SpeedUnit SpeedUnit, VehicleId? Vehicle, bool Revoked)
{
    /// <summary>How fast its world runs.</summary>
    public double ClockRate { get; init; } = 1;

    /// <summary>What it did lately; carried over when the device is read anew.</summary>
    public required DeviceActivity Activity { get; init; }
}

/// <summary>What a device did since the last time it was noted down.</summary>
public sealed class DeviceActivity(RateGate rate)
{
    private long lastMessage;
    private long lastRefused;
    private long refused;

    /// <summary>The device's allowance of messages.</summary>
    public RateGate Rate { get; } = rate;

    /// <summary>Notes a message that proved itself.</summary>
    public void Heard(DateTimeOffset now) => Volatile.Write(ref lastMessage, now.UtcTicks);

    /// <summary>Notes a message that did not prove itself or came too often.</summary>
    public void Refuse(DateTimeOffset now)
    {
        Volatile.Write(ref lastRefused, now.UtcTicks);
        Interlocked.Increment(ref refused);
    }

    /// <summary>Takes what there is to note down, or null when nothing happened.</summary>
    internal (DateTime? LastMessage, long Refused, DateTime? LastRefused)? Take()
    {
        var taken = (Moment(Interlocked.Exchange(ref lastMessage, 0)), Interlocked.Exchange(ref refused, 0), Moment(Interlocked.Exchange(ref lastRefused, 0)));
        return taken is (null, 0, null) ? null : taken;
    }

    private static DateTime? Moment(long ticks) => ticks == 0 ? null : new DateTime(ticks, DateTimeKind.Utc);
}
