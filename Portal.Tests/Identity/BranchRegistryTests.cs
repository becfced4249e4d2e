using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

public sealed class BranchRegistryTests(PortalDatabase database) : IClassFixture<PortalDatabase>, IAsyncLifetime
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().AddIdentityFeature()
        .AddSingleton<VehicleClassRegistry>().AddSingleton<VehicleRegistry>().AddSingleton<VehicleListQuery>().BuildServiceProvider();
    private readonly Actor system = Actor.System("test");

    private BranchRegistry Branches => services.GetRequiredService<BranchRegistry>();
    private RoleGrants Grants => services.GetRequiredService<RoleGrants>();
    private UserAccounts Accounts => services.GetRequiredService<UserAccounts>();

    public async Task InitializeAsync() => await services.GetRequiredService<FirstRun>().PrepareAsync("Testers", "EUR", "UTC", CancellationToken.None);

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task Branch_IsOpened_Changed_Archived_AndRestored_AndTheAuditKnows()
    {
        var id = await Branches.OpenAsync("North yard", "Mill Lane 1", "Europe/Chisinau", system, CancellationToken.None);
        Assert.Equal("identity.branch-name-taken", await CodeAsync(() => Branches.OpenAsync("NORTH YARD", null, "UTC", system, CancellationToken.None)));
        Assert.Equal("identity.time-zone-unknown", await CodeAsync(() => Branches.ChangeAsync(id, "North yard", null, "Nowhere/Land", 0, system, CancellationToken.None)));

        await Branches.ChangeAsync(id, "North depot", null, "UTC", await SeenAsync(id), system, CancellationToken.None);
        await Branches.ArchiveAsync(id, system, CancellationToken.None);
        Assert.Equal(("North depot", null, "UTC", true), await RowAsync(id));
        Assert.Equal("identity.branch-unknown", await CodeAsync(() => OpenUserAsync("latecomer", StandardRoles.Driver, id)));
        await Branches.RestoreAsync(id, system, CancellationToken.None);

        Assert.False((await RowAsync(id)).Archived);
        var trail = await services.GetRequiredService<AuditQuery>().FindAsync(new AuditFilter(null, "Branch", id.Value, null), null, system, CancellationToken.None);
        Assert.Equal(["changed", "changed", "changed", "added"], trail.Select(r => r.Action));
    }

    [Fact]
    public async Task Archive_OfABranchWithPeople_OrOfTheLast_IsRefused()
    {
        var id = await Branches.OpenAsync("Crowded yard", null, "UTC", system, CancellationToken.None);
        var user = await OpenUserAsync("yardman", StandardRoles.Dispatcher, id);
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Branches.ArchiveAsync(id, system, CancellationToken.None));
        Assert.Equal(("identity.branch-in-use", 1), (refusal.Code, refusal.Args[1]));
        await Accounts.BlockAsync(user, system, CancellationToken.None);
        await Branches.ArchiveAsync(id, system, CancellationToken.None);

        await ExecuteAsync("update identity.branch set archived = true where id <> (select id from identity.branch order by id limit 1)");
        var last = (await Branches.ListAsync(system, CancellationToken.None)).Single(b => !b.Archived);
        Assert.Equal("identity.last-branch", await CodeAsync(() => Branches.ArchiveAsync(last.Id, system, CancellationToken.None)));
        await ExecuteAsync("update identity.branch set archived = false");
    }

    [Fact]
    public async Task Change_OfABranchThatAColleagueChangedMeanwhile_IsRefusedByHisName()
    {
        var id = await Branches.OpenAsync("Shared yard", null, "UTC", system, CancellationToken.None);
        var seen = await SeenAsync(id);
        var colleague = Somebody(ActorScope.All, id, Permissions.UsersManage);
        await Branches.ChangeAsync(id, "Shared yard", "Gate 3", "UTC", seen, colleague, CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Branches.ChangeAsync(id, "Shared yard", "Gate 4", "UTC", seen, system, CancellationToken.None));

        Assert.Equal(("shared.changed-by", colleague.Name), (refusal.Code, refusal.Args[0]));
        Assert.Equal("Gate 3", (await RowAsync(id)).Address);
    }

    [Fact]
    public async Task OneName_GivenManyTimesAtOnce_IsTakenOnce()
    {
        var branches = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CodeOrNullAsync(() => Branches.OpenAsync("Twin yard", null, "UTC", system, CancellationToken.None))));
        var roles = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CodeOrNullAsync(() => Grants.AddAsync("Twin role", system, CancellationToken.None))));
        var classes = services.GetRequiredService<VehicleClassRegistry>();
        var kinds = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CodeOrNullAsync(() => classes.AddAsync("Twin class", VehicleBody.Car, system, CancellationToken.None))));

        Assert.Equal([null, "identity.branch-name-taken"], branches.Distinct().Order());
        Assert.Equal([null, "identity.role-name-taken"], roles.Distinct().Order());
        Assert.Equal([null, "fleet.class-name-taken"], kinds.Distinct().Order());
        Assert.Equal((1, 1, 1), (branches.Count(c => c is null), roles.Count(c => c is null), kinds.Count(c => c is null)));
    }

    [Fact]
    public async Task Imported_VehiclesAndDrivers_AreNotCounted_AndDoNotHoldTheirBranch()
    {
        var id = await Branches.OpenAsync("Past yard", null, "UTC", system, CancellationToken.None);
        await using (var db = services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(system))
        {
            var kind = new VehicleClass(VehicleClassId.New(), "Past car", VehicleBody.Car);
            var vehicle = new Vehicle(VehicleId.New(), "PAST 1", "Model", kind.Id, id, new(4, 0, 0));
            vehicle.MarkSource("past.csv");
            var person = new Person(PersonId.New(), "Past driver", null, null);
            var employee = new Employee(EmployeeId.New(), person.Id, id, null);
            var driver = new Driver(DriverId.New(), employee.Id, id, "Past driver", null);
            driver.MarkSource("past.csv");
            db.AddRange(kind, vehicle, person, employee, driver);
            await db.SaveChangesAsync();
        }

        Assert.Equal(0, (await Branches.ListAsync(system, CancellationToken.None)).Single(b => b.Id == id).Vehicles);
        await Branches.ArchiveAsync(id, system, CancellationToken.None);
        Assert.True((await RowAsync(id)).Archived);
    }

    [Fact]
    public async Task Archive_OfTheLastTwoAtOnce_LeavesOne()
    {
        var (east, west) = (await Branches.OpenAsync("East yard", null, "UTC", system, CancellationToken.None), await Branches.OpenAsync("West yard", null, "UTC", system, CancellationToken.None));
        await ExecuteAsync($"update identity.branch set archived = id not in ('{east.Value}', '{west.Value}')");

        var outcomes = await Task.WhenAll(new[] { east, west }.Select(id => CodeOrNullAsync(() => Branches.ArchiveAsync(id, system, CancellationToken.None))));

        Assert.Equal([null, "identity.last-branch"], outcomes.Order());
        await ExecuteAsync("update identity.branch set archived = false");
    }

    [Fact]
    public async Task WhoseRightsEndAtABranch_KeepsThatOneOnly()
    {
        var (own, other) = (await Branches.OpenAsync("Own yard", null, "UTC", system, CancellationToken.None), await Branches.OpenAsync("Other yard", null, "UTC", system, CancellationToken.None));
        var clerk = Somebody(ActorScope.Branch, own, Permissions.UsersManage);

        Assert.Equal(["Own yard"], (await Branches.ListAsync(clerk, CancellationToken.None)).Select(b => b.Name));
        await Branches.ChangeAsync(own, "Own yard", "Quay 2", "UTC", await SeenAsync(own), clerk, CancellationToken.None);
        Assert.Equal("identity.out-of-reach", await CodeAsync(() => Branches.ChangeAsync(other, "Mine", null, "UTC", 0, clerk, CancellationToken.None)));
        Assert.Equal("identity.out-of-reach", await CodeAsync(() => Branches.OpenAsync("New yard", null, "UTC", clerk, CancellationToken.None)));
        Assert.Equal("identity.not-allowed", await CodeAsync(() => Branches.ListAsync(Somebody(ActorScope.All, own), CancellationToken.None)));
    }

    [Fact]
    public async Task Reach_OfARole_LimitsItsHoldersAtOnce_AndGoesNoFurtherThanOnesOwn()
    {
        var dispatcher = await RoleAsync(StandardRoles.Dispatcher);
        var branch = await Branches.OpenAsync("Reached yard", null, "UTC", system, CancellationToken.None);
        var user = await OpenUserAsync("reached", StandardRoles.Dispatcher, branch);
        var rights = services.GetRequiredService<UserRights>();
        Assert.Null((await rights.FindAsync(user))!.OnlyBranch());

        await Grants.ReachAsync(dispatcher, ActorScope.Branch, system, CancellationToken.None);
        Assert.Equal(branch, (await rights.FindAsync(user))!.OnlyBranch());
        Assert.Equal("identity.reach-unknown", await CodeAsync(() => Grants.ReachAsync(dispatcher, (ActorScope)99, system, CancellationToken.None)));

        var keeper = Somebody(ActorScope.Branch, branch, Permissions.RolesManage, Permissions.UsersManage);
        Assert.Equal("identity.cannot-grant", await CodeAsync(() => Grants.ReachAsync(dispatcher, ActorScope.All, keeper, CancellationToken.None)));
        var wide = await RoleAsync(StandardRoles.FleetManager);
        Assert.Equal("identity.cannot-grant", await CodeAsync(() => OpenUserAsync("widened", StandardRoles.FleetManager, branch, keeper)));
        Assert.Equal("identity.cannot-grant", await CodeAsync(() => Grants.ReachAsync(wide, ActorScope.Own, keeper, CancellationToken.None)));
        await Grants.ReachAsync(dispatcher, ActorScope.All, system, CancellationToken.None);
    }

    [Fact]
    public async Task Reach_OfTheLastKeyholders_CannotBeNarrowed()
    {
        var administrator = await RoleAsync(StandardRoles.Administrator);
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Grants.ReachAsync(administrator, ActorScope.Branch, system, CancellationToken.None));
        Assert.Equal("identity.last-role-manager", refusal.Code);
        Assert.Equal(ActorScope.All, (await Grants.ListAsync(system, CancellationToken.None)).Single(r => r.Id == administrator).Scope);
    }

    [Fact]
    public async Task Vehicle_IsMovedToAnotherBranch_WithinReach()
    {
        var (from, to) = (await Branches.OpenAsync("Yard A", null, "UTC", system, CancellationToken.None), await Branches.OpenAsync("Yard B", null, "UTC", system, CancellationToken.None));
        var kind = new VehicleClass(VehicleClassId.New(), "Van", VehicleBody.Van);
        await using (var db = services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(system))
        {
            db.Add(kind);
            await db.SaveChangesAsync();
        }
        var registry = services.GetRequiredService<VehicleRegistry>();
        var details = new VehicleDetails("MOVE 1", "Model", kind.Id, from, new(2, 900, 8), [], null);
        var id = await registry.AddAsync(details, system, CancellationToken.None);
        var seen = (await services.GetRequiredService<VehicleListQuery>().FindAsync(id, system, CancellationToken.None))!.Version;

        var chief = Somebody(ActorScope.Branch, from, Permissions.VehiclesManage);
        Assert.Equal("identity.out-of-reach", await CodeAsync(() => registry.ChangeAsync(id, details with { Branch = to }, seen, chief, CancellationToken.None)));
        await registry.ChangeAsync(id, details with { Branch = to }, seen, system, CancellationToken.None);

        Assert.Equal("Yard B", (await services.GetRequiredService<VehicleListQuery>().FindAsync(id, system, CancellationToken.None))!.Branch);
    }

    private static Actor Somebody(ActorScope scope, BranchId branch, params string[] permissions) =>
        new() { UserId = Guid.NewGuid(), Name = "clerk", Permissions = permissions.ToFrozenSet(), Scope = scope, BranchId = branch.Value };

    private async Task<Guid> OpenUserAsync(string name, string role, BranchId branch, Actor? by = null) =>
        (await Accounts.OpenAsync(new(name, name, null, "en", "UTC", branch, [await RoleAsync(role)]), by ?? system, CancellationToken.None)).Id;

    private async Task<Guid> RoleAsync(string code) => (await Grants.ListAsync(system, CancellationToken.None)).Single(r => r.Code == code).Id;

    private async Task<(string Name, string? Address, string TimeZone, bool Archived)> RowAsync(BranchId id) =>
        (await Branches.ListAsync(system, CancellationToken.None)).Single(b => b.Id == id) is var row ? (row.Name, row.Address, row.TimeZone, row.Archived) : default;

    private async Task<uint> SeenAsync(BranchId id) => (await Branches.ListAsync(system, CancellationToken.None)).Single(b => b.Id == id).Version;

    private static async Task<string> CodeAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private static async Task<string?> CodeOrNullAsync(Func<Task> job)
    {
        try
        {
            await job();
            return null;
        }
        catch (RuleBrokenException refusal)
        {
            return refusal.Code;
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
