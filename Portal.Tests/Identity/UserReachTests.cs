using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

/// <summary>A manager of users whose rights end at a branch, beside a neighbour, somebody of another branch, and a chief of his own branch who reaches all.</summary>
public sealed class UserReachTests(PortalDatabase database) : IClassFixture<PortalDatabase>, IAsyncLifetime
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().AddIdentityFeature()
        .AddSingleton<ApiTokens>().BuildServiceProvider();
    private readonly Actor system = Actor.System("test");
    private readonly string tag = Guid.NewGuid().ToString("N")[..8];
    private BranchId own, other;
    private Guid localRole, wideRole, neighbour, stranger, chief;
    private Actor manager = null!;

    private UserAccounts Accounts => services.GetRequiredService<UserAccounts>();
    private UsersQuery Users => services.GetRequiredService<UsersQuery>();
    private RoleGrants Grants => services.GetRequiredService<RoleGrants>();
    private BranchRegistry Branches => services.GetRequiredService<BranchRegistry>();
    private ApiTokens Tokens => services.GetRequiredService<ApiTokens>();

    public async Task InitializeAsync()
    {
        await services.GetRequiredService<FirstRun>().PrepareAsync("Testers", "EUR", "UTC", default);
        (own, other) = (await Branches.OpenAsync($"Own {tag}", null, "UTC", system, default), await Branches.OpenAsync($"Other {tag}", null, "UTC", system, default));
        var managing = await RoleAsync("Branch keeper", ActorScope.Branch, Permissions.UsersManage, Permissions.RolesManage, Permissions.AuditRead, Permissions.TasksWork);
        localRole = await RoleAsync("Yard hand", ActorScope.Branch, Permissions.TasksWork);
        wideRole = await RoleAsync("Overseer", ActorScope.All, Permissions.TasksWork);
        manager = await ActorAsync(await OpenAsync("keeper", own, managing));
        neighbour = await OpenAsync("neighbour", own, localRole);
        stranger = await OpenAsync("stranger", other, localRole);
        chief = await OpenAsync("chief", own, localRole, wideRole);
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task Find_ByAManagerOfABranch_ShowsItsPeopleWhoReachNoFurther()
    {
        var found = await Users.FindAsync(null, 0, manager, default);
        Assert.Equal(new[] { manager.UserId, neighbour }.Order(), found.Rows.Select(u => u.Id).Order());
        Assert.Equal(2, found.Total);
        Assert.NotNull(await Users.FindOneAsync(neighbour, manager, default));
        Assert.Null(await Users.FindOneAsync(stranger, manager, default));
        Assert.Null(await Users.FindOneAsync(chief, manager, default));
        Assert.Equal([own], (await Users.BranchesAsync(manager, default)).Select(b => b.Id));
        Assert.Contains((await Users.FindAsync(tag, 0, system, default)).Rows, u => u.Id == stranger);
    }

    [Fact]
    public async Task PeopleBeyondReach_AreUnknownToTheManager()
    {
        foreach (var beyond in new[] { stranger, chief })
            foreach (var job in new Func<Task>[]
            {
                () => Accounts.ResetPasswordAsync(beyond, manager, default),
                () => Accounts.BlockAsync(beyond, manager, default),
                () => Accounts.UnblockAsync(beyond, manager, default),
                () => Accounts.ChangeAsync(beyond, Described("renamed", own, localRole), Described("seen", own), manager, default),
            })
                Assert.Equal("identity.user-unknown", await CodeAsync(job));

        Assert.NotEmpty(await Accounts.ResetPasswordAsync(neighbour, manager, default));
        await Accounts.BlockAsync(neighbour, manager, default);
        await Accounts.UnblockAsync(neighbour, manager, default);
        await Accounts.ChangeAsync(neighbour, Described("renamed", own, localRole), await SeenAsync(neighbour), manager, default);
        Assert.Equal($"renamed-{tag}", (await Users.FindOneAsync(neighbour, manager, default))!.UserName);
    }

    [Fact]
    public async Task Save_WithoutABranchOrWithAnother_IsOutOfReach()
    {
        foreach (var branch in new BranchId?[] { null, other })
        {
            Assert.Equal("identity.out-of-reach", await CodeAsync(() => Accounts.OpenAsync(Described("new", branch, localRole), manager, default)));
            Assert.Equal("identity.out-of-reach", await CodeAsync(async () => await Accounts.ChangeAsync(neighbour, Described("neighbour", branch, localRole), await SeenAsync(neighbour), manager, default)));
        }
        Assert.NotEqual(Guid.Empty, (await Accounts.OpenAsync(Described("new", own, localRole), manager, default)).Id);
    }

    [Fact]
    public async Task Open_ByWhoReachesHisTeam_TakesTheNewPersonIntoIt()
    {
        var leading = await RoleAsync("Team keeper", ActorScope.Team, Permissions.UsersManage, Permissions.TasksWork);
        var plain = await RoleAsync("Team hand", ActorScope.Own, Permissions.TasksWork);
        var leader = await OpenAsync("leader", own, leading);
        Assert.Equal("identity.no-team", await CodeAsync(async () => await Accounts.OpenAsync(Described("early", own, plain), await ActorAsync(leader), default)));
        await services.GetRequiredService<TeamRegistry>().AddAsync($"Team {tag}", leader, [], system, default);

        var (id, _) = await Accounts.OpenAsync(Described("joiner", own, plain), await ActorAsync(leader), default);

        Assert.NotNull(await Users.FindOneAsync(id, await ActorAsync(leader), default));
        Assert.Equal("identity.user-name-taken", await CodeAsync(async () => await Accounts.OpenAsync(Described("joiner", own, plain), await ActorAsync(leader), default)));
    }

    [Fact]
    public async Task Role_ReachingFurtherThanTheManager_IsNotChanged()
    {
        var unheld = await RoleAsync("Unheld overseer", ActorScope.All);
        foreach (var job in new Func<Task>[]
        {
            () => Grants.GrantAsync(wideRole, Permissions.TasksWork, false, manager, default),
            () => Grants.GrantAsync(wideRole, Permissions.MapsDraw, true, manager, default),
            () => Grants.ReachAsync(wideRole, ActorScope.Branch, manager, default),
            () => Grants.RemoveAsync(unheld, manager, default),
        })
            Assert.Equal("identity.cannot-grant", await CodeAsync(job));
    }

    [Fact]
    public async Task Role_HeldBeyondTheManagersReach_IsNotChanged_UntilHisPeopleAloneHoldIt()
    {
        foreach (var job in new Func<Task>[]
        {
            () => Grants.GrantAsync(localRole, Permissions.TasksWork, false, manager, default),
            () => Grants.ReachAsync(localRole, ActorScope.Own, manager, default),
        })
            Assert.Equal("identity.role-held-elsewhere", await CodeAsync(job));

        foreach (var (holder, name) in new[] { (stranger, "stranger"), (chief, "chief") })
            await Accounts.ChangeAsync(holder, Described(name, other), await SeenAsync(holder), system, default);
        await Grants.GrantAsync(localRole, Permissions.TasksWork, false, manager, default);
        Assert.Empty((await Grants.ListAsync(manager, default)).Single(r => r.Id == localRole).Permissions);
    }

    [Fact]
    public async Task Audit_ReadByAManagerOfABranch_HoldsWhatHisPeopleDid()
    {
        foreach (var person in new[] { neighbour, stranger, chief })
            await Accounts.PreferAsync("uk", null, null, null, null, await ActorAsync(person), default);

        var audit = services.GetRequiredService<AuditQuery>();
        Assert.Equal([neighbour], (await audit.FindAsync(new(null, null, null, null), null, manager, default)).Select(r => r.UserId).Distinct());
        Assert.Empty(await audit.FindAsync(new(null, null, stranger, null), null, manager, default));
        Assert.NotEmpty(await audit.FindAsync(new(null, null, stranger, null), null, system, default));
    }

    [Fact]
    public async Task Tokens_OfPeopleBeyondReach_AreNeitherListedNorRevoked()
    {
        foreach (var person in new[] { neighbour, stranger, chief }) await Tokens.IssueAsync("script", 30, await ActorAsync(person));
        var all = await Tokens.ListAsync(system);

        Assert.Equal([neighbour], (await Tokens.ListAsync(manager)).Select(t => t.User));
        Assert.Equal("token.unknown", await CodeAsync(() => Tokens.RevokeAsync(all.Single(t => t.User == stranger).Id, manager)));
        await Tokens.RevokeAsync(all.Single(t => t.User == neighbour).Id, manager);
        Assert.Empty(await Tokens.ListAsync(manager));
    }

    [Fact]
    public async Task Unblock_IntoAnArchivedBranch_IsRefused_UntilAnotherIsGiven()
    {
        await Accounts.BlockAsync(stranger, system, default);
        await Branches.ArchiveAsync(other, system, default);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Accounts.UnblockAsync(stranger, system, default));
        Assert.Equal(("identity.branch-archived", $"Other {tag}"), (refusal.Code, refusal.Args[0]));
        await Accounts.ChangeAsync(stranger, Described("stranger", own, localRole), await SeenAsync(stranger), system, default);
        await Accounts.UnblockAsync(stranger, system, default);

        Assert.Equal(own, (await ActorAsync(stranger)).OnlyBranch());
    }

    private UserDetails Described(string name, BranchId? branch, params Guid[] roles) => new($"{name}-{tag}", $"{name} {tag}", null, "en", "UTC", branch, roles);

    private async Task<Guid> OpenAsync(string name, BranchId branch, params Guid[] roles) => (await Accounts.OpenAsync(Described(name, branch, roles), system, default)).Id;

    private async Task<Guid> RoleAsync(string name, ActorScope scope, params string[] permissions)
    {
        var role = await Grants.AddAsync($"{name} {tag}", system, default);
        foreach (var permission in permissions) await Grants.GrantAsync(role, permission, true, system, default);
        await Grants.ReachAsync(role, scope, system, default);
        return role;
    }

    private async Task<UserDetails> SeenAsync(Guid user) => (await Users.FindOneAsync(user, system, default))!.Details;

    private async Task<Actor> ActorAsync(Guid user) => (await services.GetRequiredService<UserRights>().FindAsync(user))!;

    private static async Task<string> CodeAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;
}
