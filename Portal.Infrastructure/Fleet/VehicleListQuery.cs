using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Fleet;

/// <summary>A column the list of vehicles sorts by.</summary>
public enum VehicleSort { Plate, Model, Class, Branch, Seats, Payload, Volume, Driver }

/// <summary>
/// Which vehicles to list. <paramref name="OnShift"/> null means both; <paramref name="Imported"/> those that an import or a re-enactment created,
/// of one <paramref name="Source"/> or of all, else our own.
/// </summary>
public sealed record VehicleFilter(
    string? Text = null, VehicleClassId? Class = null, bool? OnShift = null, bool Archived = false, bool Imported = false, string? Source = null);

/// <summary>A vehicle as its list shows it; <see cref="Driver"/> is who is on shift with it now.</summary>
public sealed record VehicleRow
{
    public required VehicleId Id { get; init; }
    public required string Plate { get; init; }
    public required string Model { get; init; }
    public required VehicleClassId ClassId { get; init; }
    public required string Class { get; init; }
    public required VehicleBody Body { get; init; }
    public required BranchId BranchId { get; init; }
    public required string Branch { get; init; }
    public required int Seats { get; init; }
    public required int PayloadKg { get; init; }
    public required decimal VolumeM3 { get; init; }
    public required string[] Equipment { get; init; }
    public required PlaceId? DepotId { get; init; }
    public required string? Depot { get; init; }
    public required string? Driver { get; init; }
    public required string? Source { get; init; }
    public required bool Archived { get; init; }
    public required uint Version { get; init; }
}

/// <summary>The list of vehicles, filtered, sorted and paged in SQL.</summary>
public sealed class VehicleListQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Vehicles within the actor's reach.</summary>
    public async Task<PageOf<VehicleRow>> ListAsync(VehicleFilter filter, VehicleSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = Rows(db, Matching(db, filter, actor));
        var key = Key(sort);
        var sorted = (descending ? rows.OrderByDescending(key) : rows.OrderBy(key)).ThenBy(v => v.Plate).ThenBy(v => v.Id);
        return await sorted.PageAsync(slice, ct);
    }

    /// <summary>One vehicle, or null when there is none within reach.</summary>
    public async Task<VehicleRow?> FindAsync(VehicleId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var reach = actor.OnlyBranch();
        return await Rows(db, db.Set<Vehicle>().Where(v => v.Id == id && (reach == null || v.Branch == reach))).FirstOrDefaultAsync(ct);
    }

    /// <summary>Branches within reach, for choosing: those open to new things, and those that still have vehicles or drivers.</summary>
    public async Task<IReadOnlyList<Branch>> BranchesAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var reach = actor.OnlyBranch();
        return await db.Set<Branch>().AsNoTracking().Where(b => reach == null || b.Id == reach)
            .Where(b => !b.Archived || db.Set<Vehicle>().Any(v => v.Branch == b.Id) || db.Set<Driver>().Any(d => d.Branch == b.Id)).OrderBy(b => b.Name).ToListAsync(ct);
    }

    /// <summary>Our own places within reach, where a vehicle may stand.</summary>
    public async Task<IReadOnlyList<(PlaceId Id, string Name)>> DepotsAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var reach = actor.OnlyBranch();
        var found = await db.Set<Place>().Where(p => p.Owner == PlaceOwner.Ours && !p.Archived && (reach == null || p.Branch == reach))
            .OrderBy(p => p.Name).Select(p => new { p.Id, p.Name }).Take(500).ToListAsync(ct);
        return [.. found.Select(p => (p.Id, p.Name))];
    }

    private static IQueryable<Vehicle> Matching(PortalDb db, VehicleFilter filter, Actor actor)
    {
        var vehicles = db.Set<Vehicle>().Where(v => v.Archived == filter.Archived && (v.Source != null) == filter.Imported);
        if (filter.Imported && filter.Source is { } source) vehicles = vehicles.Where(v => v.Source == source);
        if (actor.OnlyBranch() is { } reach) vehicles = vehicles.Where(v => v.Branch == reach);
        if (filter.Class is { } wanted) vehicles = vehicles.Where(v => v.Class == wanted);
        if (filter.OnShift is { } onShift)
            vehicles = vehicles.Where(v => db.Set<Shift>().Any(s => s.Vehicle == v.Id && s.StartedAt != null && s.EndedAt == null) == onShift);
        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var like = LikePattern.Containing(filter.Text);
            vehicles = vehicles.Where(v => EF.Functions.ILike(v.Plate, like, LikePattern.Escape) || EF.Functions.ILike(v.Model, like, LikePattern.Escape));
        }
        return vehicles;
    }

    private static IQueryable<VehicleRow> Rows(PortalDb db, IQueryable<Vehicle> vehicles) =>
        from v in vehicles
        join c in db.Set<VehicleClass>() on v.Class equals c.Id
        join b in db.Set<Branch>() on v.Branch equals b.Id
        select new VehicleRow
        {
            Id = v.Id, Plate = v.Plate, Model = v.Model, ClassId = c.Id, Class = c.Name, Body = c.Body, BranchId = b.Id, Branch = b.Name,
            Seats = v.Seats, PayloadKg = v.PayloadKg, VolumeM3 = v.VolumeM3, Equipment = v.Equipment,
            DepotId = v.Depot, Depot = db.Set<Place>().Where(p => p.Id == v.Depot).Select(p => p.Name).FirstOrDefault(),
            Driver = db.Set<Shift>().Where(s => s.Vehicle == v.Id && s.StartedAt != null && s.EndedAt == null)
                .Join(db.Set<Driver>(), s => s.Driver, d => d.Id, (_, d) => d.Name).FirstOrDefault(),
            Source = v.Source, Archived = v.Archived, Version = v.Version,
        };

    private static Expression<Func<VehicleRow, object?>> Key(VehicleSort sort) => sort switch
    {
        VehicleSort.Model => v => v.Model,
        VehicleSort.Class => v => v.Class,
        VehicleSort.Branch => v => v.Branch,
        VehicleSort.Seats => v => v.Seats,
        VehicleSort.Payload => v => v.PayloadKg,
        VehicleSort.Volume => v => v.VolumeM3,
        VehicleSort.Driver => v => v.Driver,
        _ => v => v.Plate,
    };
}
