using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

public sealed class UserAccountsTests(PortalDatabase database) : IClassFixture<PortalDatabase>, IAsyncLifetime
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().AddIdentityFeature().AddSingleton<ApiTokens>().BuildServiceProvider();
    private readonly Actor system = Actor.System("test");

    private UserAccounts Accounts => services.GetRequiredService<UserAccounts>();

    private RoleGrants Grants => services.GetRequiredService<RoleGrants>();

    public async Task InitializeAsync() => await services.GetRequiredService<FirstRun>().PrepareAsync("Testers", "EUR", "UTC", CancellationToken.None);

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task Change_ByWhoSawItBeforeAnother_IsRefused_AndATakenRightStaysTaken()
    {
        var id = await OpenAsync("demoted", StandardRoles.Dispatcher);
        var seen = await SeenAsync(id);
        var ann = await OpenAsync("ann", StandardRoles.Administrator);
        await Accounts.ChangeAsync(id, seen with { Roles = [] }, seen, (await services.GetRequiredService<UserRights>().FindAsync(ann))!, CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Accounts.ChangeAsync(id, seen with { DisplayName = "Corrected" }, seen, system, CancellationToken.None));
        Assert.Equal(("shared.changed-by", "ann"), (refusal.Code, refusal.Args[0]));
        Assert.Empty((await SeenAsync(id)).Roles);
    }

    [Fact]
    public async Task Rights_ReadWhileTheyChange_AreNotKept()
    {
        var id = await OpenAsync("changing", StandardRoles.Dispatcher);
        var rights = services.GetRequiredService<UserRights>();
        rights.Forget();

        // the person is read as not blocked yet; his roles can be read only after he is
        await using var holder = await database.Owner.OpenConnectionAsync();
        await using var held = await holder.BeginTransactionAsync();
        await using (var lockRoles = new Npgsql.NpgsqlCommand("lock table identity.user_role in access exclusive mode", holder, held)) await lockRoles.ExecuteNonQueryAsync();
        var reading = rights.FindAsync(id).AsTask();
        await Wait.UntilAsync(async () => await CountAsync("select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())") >= 1, "the reader waits");
        await ExecuteAsync($"update identity.portal_user set blocked = true where id = '{id}'");
        rights.Forget();
        await held.CommitAsync();
        await reading;

        Assert.Null(await rights.FindAsync(id));
    }

    [Fact]
    public async Task Block_OfTwoKeyholdersByOneAnother_LeavesOne()
    {
        var (one, other) = (await OpenAsync("mutual1", StandardRoles.Administrator), await OpenAsync("mutual2", StandardRoles.Administrator));
        await ExecuteAsync($"update identity.portal_user set blocked = id not in ('{one}', '{other}')");
        var rights = services.GetRequiredService<UserRights>();
        rights.Forget();
        var (first, second) = ((await rights.FindAsync(one))!, (await rights.FindAsync(other))!);

        // each has read that both hold keys before either may write: the row of nobody's is held until both wait
        await using var holder = await database.Owner.OpenConnectionAsync();
        await using var held = await holder.BeginTransactionAsync();
        await using (var lockUsers = new Npgsql.NpgsqlCommand("lock table identity.portal_user in share mode", holder, held)) await lockUsers.ExecuteNonQueryAsync();
        var both = new[] { Accounts.BlockAsync(other, first, CancellationToken.None), Accounts.BlockAsync(one, second, CancellationToken.None) };
        await Wait.UntilAsync(async () => await CountAsync("select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())") >= 2, "both wait");
        await held.CommitAsync();
        await Task.WhenAll(both.Select(b => b.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal(1, both.Count(b => b.IsCompletedSuccessfully));
        Assert.Equal("identity.last-role-manager", ((RuleBrokenException)both.Single(b => b.IsFaulted).Exception!.InnerException!).Code);
        await ExecuteAsync("update identity.portal_user set blocked = false");
    }

    [Fact]
    public async Task WhoManagesUsersOnly_NeitherRenamesNorBlocksSomebodyMightier()
    {
        var clerk = await ActorWithAsync("clerk3", Permissions.UsersManage);
        var chief = await OpenAsync("chief2", StandardRoles.Administrator);
        var seen = await SeenAsync(chief);
        foreach (var job in new Func<Task>[]
        {
            () => Accounts.ChangeAsync(chief, seen with { UserName = "nobody" }, seen, clerk, CancellationToken.None),
            () => Accounts.BlockAsync(chief, clerk, CancellationToken.None),
            () => Accounts.UnblockAsync(chief, clerk, CancellationToken.None),
        })
            Assert.Equal("identity.cannot-grant", (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code);
    }

    [Fact]
    public async Task Grants_OfManyAtOnce_AreAllKept()
    {
        var role = await Grants.AddAsync("Many ticks", system, CancellationToken.None);
        var wanted = Permissions.All.Take(12).ToList();
        await Task.WhenAll(wanted.Select(permission => Grants.GrantAsync(role, permission, true, system, CancellationToken.None)));
        Assert.Equal(wanted.Order(), (await Grants.ListAsync(system, CancellationToken.None)).Single(r => r.Id == role).Permissions.Order());
        await Grants.RemoveAsync(role, system, CancellationToken.None);
    }

    [Fact]
    public async Task ResetPassword_RevokesTheTokensOfPrograms()
    {
        var id = await OpenAsync("robbed", StandardRoles.Dispatcher);
        var tokens = services.GetRequiredService<ApiTokens>();
        var secret = await tokens.IssueAsync("script", 30, (await services.GetRequiredService<UserRights>().FindAsync(id))!);
        Assert.NotNull(await tokens.RecogniseAsync(secret, CancellationToken.None));
        await Accounts.ResetPasswordAsync(id, system, CancellationToken.None);
        Assert.Null(await tokens.RecogniseAsync(secret, CancellationToken.None));
    }

    [Fact]
    public async Task ResetPassword_LetsWhoWasLockedOutInAgain()
    {
        var id = await OpenAsync("shut-out", StandardRoles.Dispatcher);
        await ExecuteAsync($"update identity.portal_user set lockout_end = now() + interval '1 hour', access_failed_count = 3 where id = '{id}'");
        await Accounts.ResetPasswordAsync(id, system, CancellationToken.None);
        Assert.Equal(1, await CountAsync($"select count(*) from identity.portal_user where id = '{id}' and lockout_end is null and access_failed_count = 0"));
    }

    /// <summary>The runtime finds zones by names that the database and browsers do not know.</summary>
    [Fact]
    public async Task TimeZone_IsOneOfTheListInItsSpelling()
    {
        var id = await OpenAsync("traveller", StandardRoles.Dispatcher);
        var seen = await SeenAsync(id);
        foreach (var name in (string[])["Russian Standard Time", "posixrules", "Nowhere/Land", ""])
            Assert.Equal("identity.time-zone-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => Accounts.ChangeAsync(id, seen with { TimeZone = name }, seen, system, CancellationToken.None))).Code);

        await Accounts.ChangeAsync(id, seen with { TimeZone = "europe/kyiv" }, seen, system, CancellationToken.None);
        Assert.Equal("Europe/Kyiv", (await SeenAsync(id)).TimeZone);
        Assert.Equal(0, await CountAsync($"select count(*) from unnest(array['{string.Join("','", TimeZones.All)}']) zone where zone not in (select name from pg_timezone_names)"));
    }

    [Fact]
    public async Task Open_WithANameInOtherCase_IsRefused()
    {
        await OpenAsync("Case.One", StandardRoles.Driver);
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => OpenAsync("case.ONE", StandardRoles.Driver));
        Assert.Equal("identity.user-name-taken", refusal.Code);
    }

    [Fact]
    public async Task Open_ByWhoHoldsLessThanTheRole_IsRefusedAndNothingIsSaved()
    {
        var clerk = await ActorWithAsync("clerk", Permissions.UsersManage);
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => OpenAsync("promoted", StandardRoles.Administrator, clerk));
        Assert.Equal("identity.cannot-grant", refusal.Code);
        Assert.Equal(0, await CountAsync("select count(*) from identity.portal_user where user_name = 'promoted'"));
    }

    [Fact]
    public async Task ResetPassword_OfSomebodyMightier_IsRefused()
    {
        var clerk = await ActorWithAsync("clerk2", Permissions.UsersManage);
        var chief = await OpenAsync("chief", StandardRoles.Administrator);
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Accounts.ResetPasswordAsync(chief, clerk, CancellationToken.None));
        Assert.Equal("identity.cannot-grant", refusal.Code);
    }

    [Fact]
    public async Task Block_TakesTheRightsAtOnceAndChangesTheStamp()
    {
        var id = await OpenAsync("leaver", StandardRoles.Dispatcher);
        var rights = services.GetRequiredService<UserRights>();
        Assert.True((await rights.FindAsync(id))!.Can(Permissions.TripAssign));
        var before = await StampAsync(id);
        await Accounts.BlockAsync(id, system, CancellationToken.None);
        Assert.Null(await rights.FindAsync(id));
        Assert.NotEqual(before, await StampAsync(id));
    }

    [Fact]
    public async Task Find_ForAnExternalPerson_GivesNoStaffPermissionWhateverTheRoleSays()
    {
        var id = await OpenAsync("outsider", StandardRoles.Administrator);
        await ExecuteAsync("insert into clients.partner (id, name, kinds, archived, standing, level) values ('0190d000-0000-7000-8000-000000000001', 'Client', 1, false, 'Active', 'Single')");
        await ExecuteAsync($"update identity.portal_user set partner = '0190d000-0000-7000-8000-000000000001' where id = '{id}'");
        var rights = services.GetRequiredService<UserRights>();
        rights.Forget();
        Assert.Empty((await rights.FindAsync(id))!.Permissions);
    }

    [Fact]
    public async Task Grant_TakingTheLastRightToManageRoles_IsRefused()
    {
        var roles = await Grants.ListAsync(system, CancellationToken.None);
        var administrator = roles.Single(r => r.Code == StandardRoles.Administrator);
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Grants.GrantAsync(administrator.Id, Permissions.RolesManage, false, system, CancellationToken.None));
        Assert.Equal("identity.last-role-manager", refusal.Code);
    }

    [Fact]
    public async Task LastKeyholder_KeepsHisKeys()
    {
        var administrator = (await Grants.ListAsync(system, CancellationToken.None)).Single(r => r.Code == StandardRoles.Administrator);
        var only = await OpenAsync("keyholder", StandardRoles.Administrator);
        await ExecuteAsync($"update identity.portal_user set blocked = id <> '{only}' where id in (select user_id from identity.user_role where role_id = '{administrator.Id}')");

        foreach (var locking in new Func<Task>[]
        {
            async () => await Accounts.ChangeAsync(only, await SeenAsync(only) with { Roles = [] }, await SeenAsync(only), system, CancellationToken.None),
            () => Accounts.BlockAsync(only, system, CancellationToken.None),
        })
            Assert.Equal("identity.last-role-manager", (await Assert.ThrowsAsync<RuleBrokenException>(locking)).Code);
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Grants.GrantAsync(administrator.Id, Permissions.UsersManage, false, system, CancellationToken.None));
        Assert.Equal("identity.last-user-manager", refusal.Code);

        Assert.Contains(only, await Grants.HoldersAsync(administrator.Id, CancellationToken.None));
        Assert.Contains(Permissions.UsersManage, (await Grants.ListAsync(system, CancellationToken.None)).Single(r => r.Id == administrator.Id).Permissions);
        await ExecuteAsync($"update identity.portal_user set blocked = false where id in (select user_id from identity.user_role where role_id = '{administrator.Id}')");
    }

    [Fact]
    public async Task Change_LeavesWhoWhatBeforeAndAfterInTheAudit_ButNoSecret()
    {
        var id = await OpenAsync("audited", StandardRoles.Driver);
        await Accounts.ResetPasswordAsync(id, system, CancellationToken.None);
        var rows = await services.GetRequiredService<AuditQuery>().FindAsync(new AuditFilter(null, "User", id, null), null, system, CancellationToken.None);
        Assert.Contains(rows, r => r.Action == "added" && r.After!.Contains("audited", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.Action == "changed" && r.UserName == "test");
        Assert.DoesNotContain(rows, r => $"{r.Before}{r.After}".Contains("Hash", StringComparison.Ordinal) || $"{r.Before}{r.After}".Contains("Stamp", StringComparison.Ordinal));
    }

    private async Task<Guid> OpenAsync(string name, string role, Actor? actor = null)
    {
        var roles = await Grants.ListAsync(system, CancellationToken.None);
        var details = new UserDetails(name, name, null, "en", "UTC", null, [roles.Single(r => r.Code == role).Id]);
        return (await Accounts.OpenAsync(details, actor ?? system, CancellationToken.None)).Id;
    }

    private Task<Actor> ActorWithAsync(string name, params string[] permissions) =>
        Task.FromResult(new Actor { UserId = Guid.NewGuid(), Name = name, Permissions = permissions.ToFrozenSet() });

    private async Task<UserDetails> SeenAsync(Guid id) => (await services.GetRequiredService<UsersQuery>().FindOneAsync(id, system, CancellationToken.None))!.Details;

    private async Task<string?> StampAsync(Guid id)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        return await db.Set<PortalUser>().Where(u => u.Id == id).Select(u => u.SecurityStamp).SingleAsync();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
