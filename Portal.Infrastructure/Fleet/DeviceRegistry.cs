using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>What people say of a device. The vehicle is named by its plate; empty means none.</summary>
public sealed record DeviceDetails(string Name, SpeedUnit SpeedUnit, string? Plate);

/// <summary>
/// Keeps the list of devices and their secrets. All methods need <see cref="Permissions.DevicesManage"/>.
/// When one returns, the intake already goes by what it changed. A device is in the branch of its vehicle; without one it stays where it was,
/// or with the branch that registered it. What no branch has is changed by who reaches all of them.
/// </summary>
public sealed class DeviceRegistry(IDbContextFactory<PortalDb> contexts, DeviceDirectory directory, TimeProvider time)
{
    /// <summary>Registers a device.</summary>
    /// <returns>Its secret, which is kept nowhere and cannot be shown again.</returns>
    /// <exception cref="RuleBrokenException"><c>device.key-malformed</c>, <c>device.key-taken</c>, <c>device.vehicle-unknown</c>, <c>text.required</c></exception>
    public async Task<(DeviceId Id, string Secret)> RegisterAsync(string key, DeviceDetails details, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DevicesManage);
        await using var db = contexts.CreateFor(actor);
        var secret = DeviceSecret.New();
        var device = new Device(DeviceId.New(), key.Trim(), details.Name, details.SpeedUnit, DeviceSecret.Hash(secret), time.GetUtcNow());
        db.Add(device);
        device.BelongTo(actor.OnlyBranch());
        device.AssignTo(await VehicleAsync(db, details.Plate, null, actor, ct));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: "device_key_key" })
        {
            throw new RuleBrokenException("device.key-taken", device.Key);
        }
        await directory.ReloadAsync(ct);
        return (device.Id, secret);
    }

    /// <summary>Changes name, speed unit and vehicle of a device that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>device.unknown</c>, <c>device.vehicle-unknown</c>, <c>device.revoked</c>, <c>shared.changed-by</c>, <c>text.required</c></exception>
    public Task ChangeAsync(DeviceId id, DeviceDetails details, uint seen, Actor actor, CancellationToken ct) => SaveAsync(id, actor, async (db, device) =>
    {
        db.ExpectVersion(device, seen);
        device.Describe(details.Name, details.SpeedUnit);
        device.AssignTo(await VehicleAsync(db, details.Plate, device.Vehicle, actor, ct));
    }, ct);

    /// <summary>Gives a device a new secret; the old one ends at once. A revoked device may report again.</summary>
    /// <returns>The new secret, which cannot be shown again.</returns>
    public async Task<string> RotateAsync(DeviceId id, Actor actor, CancellationToken ct)
    {
        var secret = DeviceSecret.New();
        await SaveAsync(id, actor, (_, device) =>
        {
            device.Rotate(DeviceSecret.Hash(secret));
            return Task.CompletedTask;
        }, ct);
        return secret;
    }

    /// <summary>Refuses a device from now on.</summary>
    public Task RevokeAsync(DeviceId id, Actor actor, CancellationToken ct) => SaveAsync(id, actor, (_, device) =>
    {
        device.Revoke(time.GetUtcNow());
        return Task.CompletedTask;
    }, ct);

    private async Task SaveAsync(DeviceId id, Actor actor, Func<PortalDb, Device, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.DevicesManage);
        await using var db = contexts.CreateFor(actor);
        var device = await db.Set<Device>().FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw new RuleBrokenException("device.unknown");
        if (device.Vehicle is { } now) device.BelongTo(await db.Set<Vehicle>().Where(v => v.Id == now).Select(v => v.Branch).SingleAsync(ct));
        if (device.Branch is { } branch) actor.RequireReach(branch);
        else if (actor.OnlyBranch() is not null) throw new RuleBrokenException("identity.out-of-reach");
        await change(db, device);
        await db.SaveOrExplainAsync(new(ObjectKind.Device, id.Value), ct);
        await directory.ReloadAsync(ct);
    }

    private static async Task<VehicleId?> VehicleAsync(PortalDb db, string? plate, VehicleId? now, Actor actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(plate)) return null;
        var wanted = plate.Trim();
        // its own vehicle stays, also one that was archived
        var vehicle = await db.Set<Vehicle>().Where(v => v.Plate == wanted && (!v.Archived || v.Id == now)).OrderByDescending(v => v.Id == now).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("device.vehicle-unknown", wanted);
        actor.RequireReach(vehicle.Branch);
        return vehicle.Id;
    }
}
