using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Fleet;

/// <summary>A column the list of drivers sorts by.</summary>
public enum DriverSort { Name, Phone, JobTitle, Branch, Licence, UsualVehicle, User, OnVehicle }

/// <summary>
/// Which drivers to list. <paramref name="OnShift"/> null means both; <paramref name="Imported"/> those that an import or a re-enactment created,
/// of one <paramref name="Source"/> or of all, else our own.
/// </summary>
public sealed record DriverFilter(string? Text = null, bool? OnShift = null, bool Archived = false, bool Imported = false, string? Source = null);

/// <summary>A driver as the list shows him; <see cref="OnVehicle"/> is the plate he is on shift with now.</summary>
public sealed record DriverRow
{
    public required DriverId Id { get; init; }
    public required string Name { get; init; }
    public required string? Phone { get; init; }
    public required string? JobTitle { get; init; }
    public required BranchId BranchId { get; init; }
    public required string Branch { get; init; }
    public required string? LicenceCategories { get; init; }
    public required VehicleId? UsualVehicleId { get; init; }
    public required string? UsualVehicle { get; init; }
    public required string? UserName { get; init; }
    public required string? OnVehicle { get; init; }
    public required string? Source { get; init; }
    public required bool Archived { get; init; }
    public required uint Version { get; init; }
}

/// <summary>The list of drivers, filtered, sorted and paged in SQL.</summary>
public sealed class DriverListQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Drivers within the actor's reach.</summary>
    public async Task<PageOf<DriverRow>> ListAsync(DriverFilter filter, DriverSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = Rows(db, Matching(db, filter, actor));
        var key = Key(sort);
        var sorted = (descending ? rows.OrderByDescending(key) : rows.OrderBy(key)).ThenBy(d => d.Name).ThenBy(d => d.Id);
        return await sorted.PageAsync(slice, ct);
    }

    /// <summary>One driver, or null when there is none within reach.</summary>
    public async Task<DriverRow?> FindAsync(DriverId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var reach = actor.OnlyBranch();
        return await Rows(db, db.Set<Driver>().Where(d => d.Id == id && (reach == null || d.Branch == reach))).FirstOrDefaultAsync(ct);
    }

    private static IQueryable<Driver> Matching(PortalDb db, DriverFilter filter, Actor actor)
    {
        var drivers = db.Set<Driver>().Where(d => d.Archived == filter.Archived && (d.Source != null) == filter.Imported);
        if (filter.Imported && filter.Source is { } source) drivers = drivers.Where(d => d.Source == source);
        if (actor.OnlyBranch() is { } reach) drivers = drivers.Where(d => d.Branch == reach);
        if (filter.OnShift is { } onShift)
            drivers = drivers.Where(d => db.Set<Shift>().Any(s => s.Driver == d.Id && s.StartedAt != null && s.EndedAt == null) == onShift);
        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var like = LikePattern.Containing(filter.Text);
            drivers = drivers.Where(d => EF.Functions.ILike(d.Name, like, LikePattern.Escape) || EF.Functions.ILike(d.Phone ?? "", like, LikePattern.Escape));
        }
        return drivers;
    }

    private static IQueryable<DriverRow> Rows(PortalDb db, IQueryable<Driver> drivers) =>
        from d in drivers
        join e in db.Set<Employee>() on d.Employee equals e.Id
        join b in db.Set<Branch>() on d.Branch equals b.Id
        select new DriverRow
        {
            Id = d.Id, Name = d.Name, Phone = d.Phone, JobTitle = e.JobTitle, BranchId = b.Id, Branch = b.Name,
            LicenceCategories = d.LicenceCategories, UsualVehicleId = d.UsualVehicle,
            UsualVehicle = db.Set<Vehicle>().Where(v => v.Id == d.UsualVehicle).Select(v => v.Plate).FirstOrDefault(),
            UserName = db.Set<PortalUser>().Where(u => u.Id == e.User).Select(u => u.UserName).FirstOrDefault(),
            OnVehicle = db.Set<Shift>().Where(s => s.Driver == d.Id && s.StartedAt != null && s.EndedAt == null)
                .Join(db.Set<Vehicle>(), s => s.Vehicle, v => v.Id, (_, v) => v.Plate).FirstOrDefault(),
            Source = d.Source, Archived = d.Archived, Version = d.Version,
        };

    private static Expression<Func<DriverRow, object?>> Key(DriverSort sort) => sort switch
    {
        DriverSort.Phone => d => d.Phone,
        DriverSort.JobTitle => d => d.JobTitle,
        DriverSort.Branch => d => d.Branch,
        DriverSort.Licence => d => d.LicenceCategories,
        DriverSort.UsualVehicle => d => d.UsualVehicle,
        DriverSort.User => d => d.UserName,
        DriverSort.OnVehicle => d => d.OnVehicle,
        _ => d => d.Name,
    };
}
