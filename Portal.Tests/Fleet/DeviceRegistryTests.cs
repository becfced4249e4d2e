using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public sealed class DeviceRegistryTests(PortalApp app) : IClassFixture<PortalApp>
{
    private static readonly Actor Manager = new()
    {
        UserId = Guid.NewGuid(), Name = "Mira Example", Permissions = FrozenSet.Create(Permissions.DevicesManage), Scope = ActorScope.All,
    };

    private DeviceRegistry Registry => app.Services.GetRequiredService<DeviceRegistry>();
    private DeviceListQuery List => app.Services.GetRequiredService<DeviceListQuery>();
    private DeviceDirectory Directory => app.Services.GetRequiredService<DeviceDirectory>();

    [Fact]
    public async Task Register_GivesASecretThatIsStoredOnlyAsHash()
    {
        var key = NewKey();
        var (id, secret) = await Registry.RegisterAsync(key, new("Phone 1", SpeedUnit.MetresPerSecond, null), Manager, CancellationToken.None);
        var known = Directory.Find(key)!;
        Assert.Equal(id, known.Id);
        Assert.True(DeviceSecret.Matches(secret, known.SecretHash));
        Assert.False(DeviceSecret.Matches(secret + "x", known.SecretHash));
        Assert.Equal(22, secret.Length);

        await using var db = await app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var audit = await db.Set<AuditRow>().SingleAsync(row => row.ObjectId == id.Value);
        Assert.Equal(("Device", "added", "Mira Example"), (audit.ObjectKind, audit.Action, audit.UserName));
        Assert.DoesNotContain(nameof(Device.SecretHash), audit.After);
    }

    [Theory]
    [InlineData("../etc/passwd", "device.key-malformed")]
    [InlineData("a/b", "device.key-malformed")]
    [InlineData("", "device.key-malformed")]
    public async Task Register_UnderAKeyThatIsNone_IsRefused(string key, string code)
    {
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Registry.RegisterAsync(key, new("Phone", SpeedUnit.Knots, null), Manager, CancellationToken.None));
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public async Task Register_UnderATakenKey_IsRefused()
    {
        var key = NewKey();
        await Registry.RegisterAsync(key, new("First", SpeedUnit.Knots, null), Manager, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Registry.RegisterAsync(key, new("Second", SpeedUnit.Knots, null), Manager, CancellationToken.None));
        Assert.Equal("device.key-taken", refused.Code);
    }

    [Fact]
    public async Task Register_WithoutTheRight_IsRefused()
    {
        var stranger = Manager with { Permissions = FrozenSet.Create(Permissions.FleetRead) };
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Registry.RegisterAsync(NewKey(), new("Phone", SpeedUnit.Knots, null), stranger, CancellationToken.None));
        Assert.Equal("identity.not-allowed", refused.Code);
    }

    [Fact]
    public async Task Change_ToAnUnknownPlate_IsRefusedAndChangesNothing()
    {
        var (id, _) = await Registry.RegisterAsync(NewKey(), new("Phone", SpeedUnit.Knots, null), Manager, CancellationToken.None);
        var row = (await List.FindAsync(id, Manager, CancellationToken.None))!;
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Registry.ChangeAsync(id, new("Renamed", SpeedUnit.Knots, "NO SUCH"), row.Version, Manager, CancellationToken.None));
        Assert.Equal("device.vehicle-unknown", refused.Code);
        Assert.Equal("Phone", (await List.FindAsync(id, Manager, CancellationToken.None))!.Name);
    }

    [Fact]
    public async Task Change_AfterSomebodyElse_IsRefusedWithHisName()
    {
        var (id, _) = await Registry.RegisterAsync(NewKey(), new("Phone", SpeedUnit.Knots, null), Manager, CancellationToken.None);
        var seen = (await List.FindAsync(id, Manager, CancellationToken.None))!.Version;
        await Registry.ChangeAsync(id, new("By Otto", SpeedUnit.Knots, null), seen, Manager with { Name = "Otto Example" }, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Registry.ChangeAsync(id, new("By Mira", SpeedUnit.Knots, null), seen, Manager, CancellationToken.None));
        Assert.Equal(("shared.changed-by", "Otto Example"), (refused.Code, refused.Args[0]));
    }

    [Fact]
    public async Task Device_InNoVehicle_IsOfTheBranchThatRegisteredIt_AndOthersNeitherSeeNorChangeIt()
    {
        var (here, there) = (await BranchAsync(), await BranchAsync());
        var (own, foreign) = (Manager with { Scope = ActorScope.Branch, BranchId = here }, Manager with { Scope = ActorScope.Branch, BranchId = there });
        var (ours, _) = await Registry.RegisterAsync(NewKey(), new("Spare", SpeedUnit.Knots, null), own, CancellationToken.None);
        var (company, _) = await Registry.RegisterAsync(NewKey(), new("Pool", SpeedUnit.Knots, null), Manager, CancellationToken.None);

        foreach (var device in new[] { ours, company })
        {
            Assert.Equal("identity.out-of-reach", (await Assert.ThrowsAsync<RuleBrokenException>(() => Registry.RevokeAsync(device, foreign, CancellationToken.None))).Code);
            Assert.Equal("identity.out-of-reach", (await Assert.ThrowsAsync<RuleBrokenException>(() => Registry.RotateAsync(device, foreign, CancellationToken.None))).Code);
            Assert.Null(await List.FindAsync(device, foreign, CancellationToken.None));
        }
        Assert.NotNull(await List.FindAsync(ours, own, CancellationToken.None));
        await Registry.RotateAsync(ours, own, CancellationToken.None);
        await Registry.RevokeAsync(ours, Manager, CancellationToken.None);
    }

    [Fact]
    public async Task Device_OfAnArchivedVehicle_IsRenamed_AndKeepsIt()
    {
        var device = (await TestDevice.AddAsync(app.Database.DataSource, 1))[0];
        await using (var archive = app.Database.DataSource.CreateCommand($"update fleet.vehicle set archived = true where id = '{device.Vehicle.Value}'")) await archive.ExecuteNonQueryAsync();
        var seen = (await List.FindAsync(device.Id, Manager, CancellationToken.None))!;

        await Registry.ChangeAsync(device.Id, new("Spare phone", SpeedUnit.Knots, seen.Plate), seen.Version, Manager, CancellationToken.None);

        var now = (await List.FindAsync(device.Id, Manager, CancellationToken.None))!;
        Assert.Equal(("Spare phone", device.Vehicle), (now.Name, now.Vehicle!.Value));
    }

    [Fact]
    public async Task Device_TakenOutOfItsVehicle_StaysInTheBranch()
    {
        var device = (await TestDevice.AddAsync(app.Database.DataSource, 1))[0];
        var seen = (await List.FindAsync(device.Id, Manager, CancellationToken.None))!;
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var branch = await db.Set<Vehicle>().Where(v => v.Id == seen.Vehicle).Select(v => v.Branch).SingleAsync();
        var own = Manager with { Scope = ActorScope.Branch, BranchId = branch.Value };

        await Registry.ChangeAsync(device.Id, new("Loose", SpeedUnit.Knots, null), seen.Version, own, CancellationToken.None);

        Assert.Equal("Loose", (await List.FindAsync(device.Id, own, CancellationToken.None))!.Name);
        await Registry.RotateAsync(device.Id, own, CancellationToken.None);
    }

    private async Task<Guid> BranchAsync()
    {
        await using var db = app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Actor.System("test"));
        var branch = new Branch(BranchId.New(), await db.Set<Company>().Select(c => c.Id).FirstAsync(), $"Yard {Guid.NewGuid():n}", "UTC");
        db.Add(branch);
        await db.SaveChangesAsync();
        return branch.Id.Value;
    }

    [Fact]
    public async Task Rotate_EndsTheOldSecret_AndLiftsARevocation()
    {
        var key = NewKey();
        var (id, old) = await Registry.RegisterAsync(key, new("Phone", SpeedUnit.Knots, null), Manager, CancellationToken.None);
        await Registry.RevokeAsync(id, Manager, CancellationToken.None);
        Assert.True(Directory.Find(key)!.Revoked);
        var fresh = await Registry.RotateAsync(id, Manager, CancellationToken.None);
        var known = Directory.Find(key)!;
        Assert.False(known.Revoked);
        Assert.True(DeviceSecret.Matches(fresh, known.SecretHash));
        Assert.False(DeviceSecret.Matches(old, known.SecretHash));
    }

    [Fact]
    public async Task List_FindsByNameKeyAndPlate_AndCountsDirt()
    {
        var device = (await TestDevice.AddAsync(app.Database.DataSource, 1))[0];
        await using (var dirt = app.Database.DataSource.CreateCommand("""
            select fleet.make_position_day('2026-03-01');
            insert into fleet.position (vehicle, time, received, device, flags)
            select v, '2026-03-01'::timestamptz + make_interval(secs => n), now(), d, flags
            from unnest(array[0, 0, 1, 2, 2, 4]) with ordinality as f (flags, n), (select id as d, vehicle as v from fleet.device where key = 'KEY') x;
            insert into fleet.quarantined_position select vehicle, '2099-01-01', id, now(), 'time', '{}' from fleet.device where key = 'KEY'
            """.Replace("KEY", device.Key)))
            await dirt.ExecuteNonQueryAsync();

        var row = Assert.Single((await List.ListAsync(device.Key.ToUpperInvariant(), 0, Manager, CancellationToken.None)).Rows);
        Assert.Equal((1, 2, 1, 1), (row.NullIsland, row.Jumps, row.NoFix, row.Quarantined));
        Assert.Equal(device.Id, Assert.Single((await List.ListAsync(row.Plate, 0, Manager, CancellationToken.None)).Rows).Id);
        Assert.Empty((await List.ListAsync("100%_", 0, Manager, CancellationToken.None)).Rows);
    }

    private static string NewKey() => $"key-{Guid.NewGuid():n}";

    [Fact]
    public async Task List_ShowsWhatAReenactmentPlaysAfterTheDevicesThatSomebodyCarries()
    {
        var mark = NewKey();
        await Registry.RegisterAsync($"reenactment-{mark}", new($"{mark} A", SpeedUnit.Knots, null), Manager, CancellationToken.None);
        await Registry.RegisterAsync(mark, new($"{mark} B", SpeedUnit.Knots, null), Manager, CancellationToken.None);

        Assert.Equal([$"{mark} B", $"{mark} A"], (await List.ListAsync(mark, 0, Manager, CancellationToken.None)).Rows.Select(d => d.Name));
    }
}
