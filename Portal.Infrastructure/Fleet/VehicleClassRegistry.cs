using Microsoft.EntityFrameworkCore;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>A class as its list shows it; <see cref="Vehicles"/> counts those in the fleet.</summary>
public sealed record VehicleClassRow(VehicleClassId Id, string Name, VehicleBody Body, bool Archived, int Vehicles);

/// <summary>Keeps the classes of vehicles that trips may ask for.</summary>
public sealed class VehicleClassRegistry(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>All classes by name.</summary>
    public async Task<IReadOnlyList<VehicleClassRow>> ListAsync(bool archivedToo, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<VehicleClass>().Where(c => archivedToo || !c.Archived).OrderBy(c => c.Name)
            .Select(c => new VehicleClassRow(c.Id, c.Name, c.Body, c.Archived, db.Set<Vehicle>().Count(v => v.Class == c.Id && !v.Archived)))
            .ToListAsync(ct);
    }

    /// <summary>Adds a class.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.class-name-taken</c>, <c>text.required</c></exception>
    public async Task<VehicleClassId> AddAsync(string name, VehicleBody body, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.VehiclesManage);
        await using var db = contexts.CreateFor(actor);
        var added = new VehicleClass(VehicleClassId.New(), name, body);
        db.Add(added);
        await SaveAsync(db, added, ct);
        return added.Id;
    }

    /// <summary>Renames a class or changes its body.</summary>
    public Task ChangeAsync(VehicleClassId id, string name, VehicleBody body, Actor actor, CancellationToken ct) =>
        ChangeAsync(id, actor, c => c.Describe(name, body), ct);

    /// <summary>Trips ask for the class no more; its vehicles keep it.</summary>
    public Task ArchiveAsync(VehicleClassId id, Actor actor, CancellationToken ct) => ChangeAsync(id, actor, c => c.Archive(), ct);

    /// <summary>Trips may ask for it again.</summary>
    public Task RestoreAsync(VehicleClassId id, Actor actor, CancellationToken ct) => ChangeAsync(id, actor, c => c.Restore(), ct);

    private async Task ChangeAsync(VehicleClassId id, Actor actor, Action<VehicleClass> change, CancellationToken ct)
    {
        actor.Require(Permissions.VehiclesManage);
        await using var db = contexts.CreateFor(actor);
        var found = await db.Set<VehicleClass>().FirstOrDefaultAsync(c => c.Id == id, ct) ?? throw new RuleBrokenException("fleet.class-unknown");
        change(found);
        await SaveAsync(db, found, ct);
    }

    private static async Task SaveAsync(PortalDb db, VehicleClass named, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync("fleet.class-name", ct);
        if (!named.Archived && await db.Set<VehicleClass>().AnyAsync(c => c.Id != named.Id && !c.Archived && c.Name.ToLower() == named.Name.ToLower(), ct))
            throw new RuleBrokenException("fleet.class-name-taken", named.Name);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
