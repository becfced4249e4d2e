using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;
using Portal.Web.Demo;

namespace Portal.Tests.Demo;

/// <summary>The demo company, while another node drives its vehicles.</summary>
public sealed class PassengerApp : PortalApp
{
    public AdvisoryLock Driving { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("demo", "true")];

    protected override async Task ArrangeAsync() => Driving = (await AdvisoryLock.TryTakeAsync(Database.DataSource, Simulation.LockName, default))!;
}

public sealed class SimulationTests(PassengerApp app) : IClassFixture<PassengerApp>
{
    [Fact]
    public async Task Simulation_WhileAnotherNodeDrives_WaitsForItsTurn()
    {
        var simulation = app.Services.GetRequiredService<Simulation>();
        await Wait.UntilAsync(() => simulation.IsElsewhere, "the simulation to see that another node drives");
        Assert.False(simulation.IsAvailable);

        await app.Driving.DisposeAsync();

        await Wait.UntilAsync(() => simulation is { IsElsewhere: false, IsAvailable: true, IsRunning: true }, "the simulation to drive");
    }
}
