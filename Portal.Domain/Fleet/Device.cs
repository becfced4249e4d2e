using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>A tracker or phone that reports positions under its own secret.</summary>
public sealed class Device : ISearchable
{
    private Device() { }

    /// <summary>Registers a device under the key it calls itself by.</summary>
    /// <exception cref="RuleBrokenException"><c>device.key-malformed</c></exception>
    public Device(DeviceId id, string key, string name, SpeedUnit speedUnit, byte[] secretHash, DateTimeOffset now)
    {
        Id = id;
        Key = DeviceKeys.IsWellFormed(key) ? key : throw new RuleBrokenException("device.key-malformed", DeviceKeys.MaxLength);
        SecretHash = secretHash;
        RegisteredAt = now;
        Describe(name, speedUnit);
    }

    public DeviceId Id { get; private set; }
    /// <summary>How the device calls itself; see <see cref="DeviceKeys"/>.</summary>
    public string Key { get; private set; } = "";
    public string Name { get; private set; } = "";
    /// <summary>SHA-256 of the secret.</summary>
    public byte[] SecretHash { get; private set; } = [];
    /// <summary>The unit in which its client sends speed, where the protocol leaves it open.</summary>
    public SpeedUnit SpeedUnit { get; private set; }
    /// <summary>How fast its world runs: 1, or the factor of the re-enactment it plays in. So many times faster may it move.</summary>
    public double ClockRate { get; private set; } = 1;
    /// <summary>The vehicle it rides in.</summary>
    public VehicleId? Vehicle { get; private set; }
    /// <summary>Whose it is while it rides in no vehicle: the branch that registered it or whose vehicle it left; null for the company as a whole.</summary>
    public BranchId? Branch { get; private set; }
    public DateTimeOffset RegisteredAt { get; private set; }
    /// <summary>Since when it is refused; null while it may report.</summary>
    public DateTimeOffset? RevokedAt { get; private set; }
    public uint Version { get; private set; }

    /// <summary>Sets its name for people and its speed unit.</summary>
    public void Describe(string name, SpeedUnit speedUnit)
    {
        Name = Required.Text(name, "device.name", 120);
        SpeedUnit = Enum.IsDefined(speedUnit) ? speedUnit : throw new RuleBrokenException("device.speed-unit-unknown");
    }

    /// <summary>Puts it into a vehicle, or takes it out; positions from now on are that vehicle's.</summary>
    /// <exception cref="RuleBrokenException"><c>device.revoked</c></exception>
    public void AssignTo(VehicleId? vehicle)
    {
        if (RevokedAt is not null && vehicle is not null) throw new RuleBrokenException("device.revoked", Name);
        Vehicle = vehicle;
    }

    /// <summary>Says whose it is when it rides in no vehicle.</summary>
    public void BelongTo(BranchId? branch) => Branch = branch;

    /// <summary>Lets its world run so many times faster than ours.</summary>
    public void RunClockAt(double rate) => ClockRate = Required.Number(rate, "device.clock-rate", 1, 60);

    /// <summary>Gives it a new secret; the old one ends at once. A revoked device may report again.</summary>
    public void Rotate(byte[] secretHash)
    {
        SecretHash = secretHash;
        RevokedAt = null;
    }

    /// <summary>Refuses it from now on.</summary>
    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Device, Id.Value), Name, Key);
}
