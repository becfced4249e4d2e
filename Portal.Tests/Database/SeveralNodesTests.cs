using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;
using Portal.Tests.Support.Circuits;

namespace Portal.Tests.Database;

/// <summary>The whole application twice over one database.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    public PortalApp A { get; } = new();

    public PortalApp B { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await A.InitializeAsync();
        B = A.Beside();
        await B.InitializeAsync();
        await Wait.UntilAsync(() => Link(A).Others == 1 && Link(B).Others == 1, "the nodes to know one another");
    }

    public async Task DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
    }

    internal static NodeLink Link(PortalApp node) => node.Services.GetServices<IHostedService>().OfType<NodeLink>().Single();
}

/// <summary>What happens on one node is seen on the other.</summary>
public sealed class SeveralNodesTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private static readonly Actor Administrator = Actor.System("test");

    [Fact]
    public async Task Assign_OnOneNode_ShowsOnTheBoardOfTheOther()
    {
        var device = Assert.Single(await TestDevice.AddAsync(nodes.A.Database.Owner, 1));
        var shift = await AtWorkAsync(device.Vehicle);
        var trip = await nodes.A.Services.GetRequiredService<TripRegistration>().RegisterAsync(TripId.New(), Orders.Simple(TimeProvider.System.GetUtcNow()), shift.Branch, Administrator);
        var board = nodes.B.Services.GetRequiredService<LiveBoard>();
        await Wait.UntilAsync(() => board.Current.Find(trip.Id) is { State: TripState.Requested }, "the order on the other board");

        await nodes.A.Services.GetRequiredService<TripAssignment>().AssignAsync(trip.Id, device.Vehicle, Administrator);

        await Wait.UntilAsync(() => board.Current.Find(trip.Id) is { State: TripState.Assigned, Vehicle: { } vehicle } && vehicle == device.Vehicle, "the assignment on the other board");
    }

    [Fact]
    public async Task Position_ReceivedByOneNode_IsSeenOnTheOtherAndNotSentBack()
    {
        var device = Assert.Single(await TestDevice.AddAsync(nodes.A.Database.Owner, 1));
        var (a, b) = (nodes.A.Services.GetRequiredService<LiveFleet>(), nodes.B.Services.GetRequiredService<LiveFleet>());
        await Wait.UntilAsync(() => nodes.A.Services.GetRequiredService<DeviceDirectory>().Find(device.Key) is not null, "the device to be known");

        using var client = nodes.A.CreateClient();
        using var answer = await client.GetAsync($"/osmand/{device.Secret}?id={device.Key}&lat=47.012345&lon=28.854321&speed=20&bearing=90&batt=55");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Wait.UntilAsync(() => b.Find(device.Vehicle) is not null, "the position on the other node");
        var (here, there) = (a.Find(device.Vehicle)!, b.Find(device.Vehicle)!);
        Assert.Equal((here.Time, here.Point, 90.0, 55.0), (there.Time, there.Point, there.HeadingDeg, there.BatteryPercent));
        Assert.Equal(here.SpeedKmh, there.SpeedKmh, 0.06);
        Assert.DoesNotContain(b.ChangedSince(0, heardHere: true).Vehicles, vehicle => vehicle.Vehicle == device.Vehicle);
    }

    [Fact]
    public async Task Role_TakenOnOneNode_EndsTheRightAndTheCircuitOnTheOther()
    {
        await nodes.A.AddUserAsync("warden", StandardRoles.Dispatcher);
        var user = await ScalarAsync<Guid>("select id from identity.portal_user where user_name = 'warden'");
        using var session = await nodes.B.OpenSessionAsync("warden");
        var sentAway = new TaskCompletionSource();
        await using var circuit = await CircuitClient.OpenAsync(await CircuitPage.GetAsync(session.Http, "/account"), session.Cookies, called: call =>
        {
            if (call.Identifier.EndsWith("navigateTo", StringComparison.Ordinal)) sentAway.TrySetResult();
        });
        var rights = nodes.B.Services.GetRequiredService<UserRights>();
        Assert.True((await rights.FindAsync(user))!.Can(Permissions.BoardRead));

        var seen = (await nodes.A.Services.GetRequiredService<UsersQuery>().FindOneAsync(user, Administrator, CancellationToken.None))!.Details;
        await nodes.A.Services.GetRequiredService<UserAccounts>().ChangeAsync(user, seen with { Roles = [] }, seen, Administrator, CancellationToken.None);

        await Wait.UntilAsync(async () => !(await rights.FindAsync(user))!.Can(Permissions.BoardRead), "the right to end on the other node");
        await sentAway.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task SignOut_OnOneNode_RefusesTheCookieOnTheOtherAndAfterARestart()
    {
        await nodes.A.AddUserAsync("traveller", StandardRoles.Dispatcher);
        using var session = await nodes.A.OpenSessionAsync("traveller");
        using var there = new WebSession(nodes.B.Address);
        there.Cookies.Add(nodes.B.Address, session.Cookies.GetCookies(nodes.A.Address));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(there));

        await session.SignOutKeepingCookieAsync();

        await Wait.UntilAsync(async () => await StatusAsync(there) == HttpStatusCode.Unauthorized, "the cookie to be refused on the other node");
        var restarted = nodes.A.Beside();
        await restarted.InitializeAsync();
        using var later = new WebSession(restarted.Address);
        later.Cookies.Add(restarted.Address, session.Cookies.GetCookies(nodes.A.Address));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(later));
        await restarted.DisposeAsync();
    }

    [Fact]
    public async Task Listener_WhoseConnectionBroke_ReadsEverythingAgain()
    {
        var device = Assert.Single(await TestDevice.AddAsync(nodes.A.Database.Owner, 1));
        var shift = await AtWorkAsync(device.Vehicle);
        var missed = new TaskCompletionSource();
        using var watching = new CancellationTokenSource();
        var live = nodes.B.Services.GetRequiredService<LiveChanges>().Watch(_ => false, watching.Token);
        var reading = Task.Run(async () =>
        {
            await foreach (var change in live)
                if (change == LiveChange.Resync) missed.TrySetResult();
        });

        await using (var cut = nodes.A.Database.DataSource.CreateCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query = 'listen portal_node'"))
            Assert.Equal(2L, await cut.ExecuteScalarAsync());

        await missed.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var trip = await nodes.A.Services.GetRequiredService<TripRegistration>().RegisterAsync(TripId.New(), Orders.Simple(TimeProvider.System.GetUtcNow()), shift.Branch, Administrator);
        await Wait.UntilAsync(() => nodes.B.Services.GetRequiredService<LiveBoard>().Current.Find(trip.Id) is not null, "a later order on the other board");
        await watching.CancelAsync();
        await reading;
    }

    private async Task<Shift> AtWorkAsync(VehicleId vehicle)
    {
        var branch = new BranchId(await ScalarAsync<Guid>($"select branch from fleet.vehicle where id = '{vehicle.Value}'"));
        var now = TimeProvider.System.GetUtcNow();
        var person = new Domain.Clients.Person(Domain.Clients.PersonId.New(), "Nell Harrow", null, null);
        var employee = new Employee(EmployeeId.New(), person.Id, branch, null);
        var driver = new Driver(DriverId.New(), employee.Id, branch, person.Name, null);
        var shift = new Shift(ShiftId.New(), driver.Id, vehicle, branch, new(now.AddHours(-1), now.AddHours(8)));
        shift.Start(now.AddHours(-1));
        await using var db = nodes.A.Services.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<PortalDb>>().CreateFor(Administrator);
        db.AddRange(person, employee, driver, shift);
        await db.SaveChangesAsync();
        return shift;
    }

    private static async Task<HttpStatusCode> StatusAsync(WebSession session)
    {
        using var answer = await session.Http.GetAsync("/account");
        return answer.StatusCode;
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = nodes.A.Database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
