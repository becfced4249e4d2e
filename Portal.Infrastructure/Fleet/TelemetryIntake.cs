using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>What becomes of a device's message.</summary>
public enum IntakeAnswer
{
    /// <summary>Taken; safe once its task says so.</summary>
    Taken,
    /// <summary>No device calls itself so.</summary>
    UnknownDevice,
    /// <summary>No secret, or another device's.</summary>
    WrongSecret,
    /// <summary>The device's right to report was taken away.</summary>
    Revoked,
    /// <summary>The device rides in no vehicle.</summary>
    NotAssigned,
    /// <summary>It sends more than its allowance.</summary>
    TooMany,
    /// <summary>The queue to the database is full: the device must keep its record.</summary>
    Busy,
}

/// <summary>The one way in for positions, whatever protocol they came by.</summary>
public sealed class TelemetryIntake(DeviceDirectory devices, LiveFleet live, TrackWriter writer, TimeProvider time)
{
    private static readonly Task<bool> NeverDurable = Task.FromResult(false);

    /// <summary>
    /// Proves the device, shows its position on the live map and hands it to the writer. Never waits.
    /// </summary>
    /// <param name="message">What the protocol said.</param>
    /// <param name="secret">The secret that came with it, wherever it travelled; empty when none did.</param>
    /// <param name="durable">For <see cref="IntakeAnswer.Taken"/>: true once committed, false when that takes too long.</param>
    public IntakeAnswer Accept(DeviceMessage message, ReadOnlySpan<char> secret, out Task<bool> durable)
    {
        durable = NeverDurable;
        var device = devices.Find(message.DeviceKey);
        var proven = DeviceSecret.Matches(secret, device?.SecretHash);
        if (device is null) return IntakeAnswer.UnknownDevice;

        var now = time.GetUtcNow();
        if (!proven)
        {
            device.Activity.Refuse(now);
            return IntakeAnswer.WrongSecret;
        }
        if (device.Revoked || !device.Activity.Rate.TryPass())
        {
            device.Activity.Refuse(now);
            return device.Revoked ? IntakeAnswer.Revoked : IntakeAnswer.TooMany;
        }
        if (device.Vehicle is not { } vehicle) return IntakeAnswer.NotAssigned;

        device.Activity.Heard(now);
        var reading = Reading(message, device, vehicle, now);
        var flags = live.Accept(reading);
        if (flags != reading.Flags) reading = reading with { Flags = flags };
        return writer.TryAppend(reading, out durable) ? IntakeAnswer.Taken : IntakeAnswer.Busy;
    }

    // A measurement beyond what its instrument can give is left out and named beside what could not be read; the position it came with stands.
    private static PositionReading Reading(DeviceMessage message, KnownDevice device, VehicleId vehicle, DateTimeOffset now)
    {
        var unread = message.Unread;
        return new()
        {
            Vehicle = vehicle,
            Device = device.Id,
            Time = message.Time ?? Milliseconds(now),
            Received = now,
            Point = message.Point,
            SpeedKmh = Within("speed", message.Speed is { } speed ? (message.SpeedUnit ?? device.SpeedUnit).ToKmh(speed) : null, 0, 2_000),
            HeadingDeg = Within("bearing", message.HeadingDeg, 0, 360) % 360,
            AltitudeM = Within("altitude", message.AltitudeM, -500, 20_000),
            AccuracyM = Within("accuracy", message.AccuracyM, 0, 100_000),
            BatteryPercent = Within("batt", message.BatteryPercent, 0, 100),
            OdometerKm = Within("odometer", message.OdometerKm, 0, 100_000_000),
            Ignition = message.Ignition,
            ClockRate = device.ClockRate,
            Flags = message.HasFix ? PositionFlags.None : PositionFlags.NoFix,
            Attributes = unread is null ? message.Attributes : AttributeWriter.WithUnread(message.Attributes, unread),
        };

        double? Within(string name, double? value, double least, double most)
        {
            if (value is null || value >= least && value <= most) return value;
            unread = DeviceMessage.Naming(unread, name);
            return null;
        }
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset moment) => moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerMillisecond));
}
