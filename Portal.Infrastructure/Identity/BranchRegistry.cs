using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>A branch as its list shows it, with who and what belongs to it now.</summary>
/// <param name="People">users who may sign in</param>
/// <param name="Vehicles">vehicles of the fleet; those that an import created are none of it</param>
/// <param name="Version">as it was seen; a change that is based on it refuses to overwrite a later one</param>
public sealed record BranchRow(BranchId Id, string Name, string? Address, string TimeZone, bool Archived, int People, int Vehicles, uint Version);

/// <summary>
/// Keeps the branches of the company. Needs <see cref="Permissions.UsersManage"/>; whose rights end at a branch keeps that one only.
/// A branch is never deleted: what happened there stays with it.
/// </summary>
public sealed class BranchRegistry(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>The branches within reach, by name, archived ones too.</summary>
    public async Task<IReadOnlyList<BranchRow>> ListAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        var reach = actor.OnlyBranch();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Branch>().Where(b => reach == null || b.Id == reach).OrderBy(b => b.Name).ThenBy(b => b.Id)
            .Select(b => new BranchRow(b.Id, b.Name, b.Address, b.TimeZone, b.Archived,
                db.Set<PortalUser>().Count(u => u.Branch == b.Id && !u.Blocked), db.Set<Vehicle>().Count(v => v.Branch == b.Id && !v.Archived && v.Source == null), b.Version))
            .ToListAsync(ct);
    }

    /// <summary>Opens a branch of the company.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c>, <c>identity.branch-name-taken</c>, <c>identity.time-zone-unknown</c>; the name is empty or too long</exception>
    public async Task<BranchId> OpenAsync(string name, string? address, string timeZone, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        if (actor.OnlyBranch() is not null) throw new RuleBrokenException("identity.out-of-reach");
        await using var db = contexts.CreateFor(actor);
        var company = await db.CompanyIdAsync(ct);
        var branch = new Branch(BranchId.New(), company, name, TimeZones.Named(timeZone));
        branch.Describe(branch.Name, address, branch.TimeZone);
        db.Add(branch);
        await SaveAsync(db, branch, ct);
        return branch.Id;
    }

    /// <summary>Changes name, address and time zone of a branch that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="OpenAsync"/>, and <c>shared.changed-by</c>, <c>identity.branch-unknown</c></exception>
    public async Task ChangeAsync(BranchId id, string name, string? address, string timeZone, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var branch = await FindAsync(db, id, actor, ct);
        db.ExpectVersion(branch, seen);
        branch.Describe(name, address, TimeZones.Named(timeZone, branch.TimeZone));
        await SaveAsync(db, branch, ct);
    }

    /// <summary>Lets nothing new go to a branch to which nobody and nothing of ours belongs any more; what was imported does not hold it. The last one stays.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.last-branch</c>, <c>identity.branch-in-use</c>, <c>identity.branch-unknown</c></exception>
    public async Task ArchiveAsync(BranchId id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // locked, so that two people do not archive the last two at once
        var open = await db.Set<Branch>().FromSql($"select *, xmin from identity.branch where not archived order by id for update").ToListAsync(ct);
        var branch = await FindAsync(db, id, actor, ct);
        if (open.All(b => b.Id == id)) throw new RuleBrokenException("identity.last-branch");
        var people = await db.Set<PortalUser>().CountAsync(u => u.Branch == id && !u.Blocked, ct);
        var vehicles = await db.Set<Vehicle>().CountAsync(v => v.Branch == id && !v.Archived && v.Source == null, ct);
        var drivers = await db.Set<Driver>().CountAsync(d => d.Branch == id && !d.Archived && d.Source == null, ct);
        var trips = await db.Set<Trip>().CountAsync(t => t.Branch == id && TripStates.Open.Contains(t.State), ct);
        if (people + vehicles + drivers + trips > 0) throw new RuleBrokenException("identity.branch-in-use", branch.Name, people, vehicles, drivers, trips);
        branch.Archive();
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Lets new things go to it again.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.branch-name-taken</c>, <c>identity.branch-unknown</c></exception>
    public async Task RestoreAsync(BranchId id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var branch = await FindAsync(db, id, actor, ct);
        branch.Restore();
        await SaveAsync(db, branch, ct);
    }

    /// <summary>Refuses a branch that is not there, or to which nothing new goes any more.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.branch-unknown</c></exception>
    internal static async Task RequireOpenAsync(PortalDb db, BranchId id, CancellationToken ct)
    {
        if (!await db.Set<Branch>().AnyAsync(b => b.Id == id && !b.Archived, ct)) throw new RuleBrokenException("identity.branch-unknown");
    }

    private static async Task<Branch> FindAsync(PortalDb db, BranchId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        actor.RequireReach(id);
        return await db.Set<Branch>().FirstOrDefaultAsync(b => b.Id == id, ct) ?? throw new RuleBrokenException("identity.branch-unknown");
    }

    private static async Task SaveAsync(PortalDb db, Branch branch, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync("identity.branch-name", ct);
        if (!branch.Archived && await db.Set<Branch>().AnyAsync(b => b.Id != branch.Id && !b.Archived && b.Name.ToLower() == branch.Name.ToLower(), ct))
            throw new RuleBrokenException("identity.branch-name-taken", branch.Name);
        await db.SaveOrExplainAsync(new(ObjectKind.Branch, branch.Id.Value), ct);
        await transaction.CommitAsync(ct);
    }
}
