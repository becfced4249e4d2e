using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Tests.Fleet;

public sealed class CommandLogTests(FleetOffice office) : IClassFixture<FleetOffice>
{
    private CommandLog Log => office.Services.GetRequiredService<CommandLog>();

    private static string Words(RuleBrokenException refusal) => $"words of {refusal.Code}";

    private Task<CommandAnswer> StartAsync(string key, VehicleId vehicle, Actor self) =>
        Log.OnceAsync(new(key, "start"), self, by => office.Shifts.StartOwnAsync(vehicle, by, default), Words, default);

    [Fact]
    public async Task Once_TheSameKeyTwice_HasOneEffectAndOneAnswer()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, self) = await office.DriverAsync();

        var first = await StartAsync("a", vehicle.Id, self);
        var second = await StartAsync("a", vehicle.Id, self);

        Assert.True(first.Done);
        Assert.Equal(first, second);
        await using var db = office.Open();
        Assert.Equal(1, await db.Set<Shift>().CountAsync(s => s.Driver == driver.Id));
    }

    [Fact]
    public async Task Once_FiftyAtOnce_HasOneEffectAndOneAnswer()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, self) = await office.DriverAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => StartAsync("b", vehicle.Id, self)));

        Assert.All(answers, a => Assert.Equal(new CommandAnswer(), a));
        await using var db = office.Open();
        Assert.Equal(1, await db.Set<Shift>().CountAsync(s => s.Driver == driver.Id));
    }

    [Fact]
    public async Task Once_ARefusal_IsRememberedInItsWords_EvenWhenItWouldGoThroughNow()
    {
        var vehicle = await office.VehicleAsync();
        var (_, holder) = await office.DriverAsync();
        var (_, self) = await office.DriverAsync();
        var held = await office.Shifts.StartOwnAsync(vehicle.Id, holder, default);

        var refused = await StartAsync("c", vehicle.Id, self);
        await office.Shifts.EndAsync(held, holder, default);
        var repeated = await StartAsync("c", vehicle.Id, self);
        var anew = await StartAsync("d", vehicle.Id, self);

        Assert.Equal(new CommandAnswer("fleet.vehicle-on-shift", "words of fleet.vehicle-on-shift"), refused);
        Assert.Equal(refused, repeated);
        Assert.True(anew.Done);
    }

    [Fact]
    public async Task Once_TheKeyOfAnotherUser_IsAnotherCommand()
    {
        var (a, b) = (await office.VehicleAsync(), await office.VehicleAsync());
        var ((_, first), (_, second)) = (await office.DriverAsync(), await office.DriverAsync());

        Assert.True((await StartAsync("e", a.Id, first)).Done);
        Assert.True((await StartAsync("e", b.Id, second)).Done);
    }

    [Fact]
    public async Task Once_AKeyForSomethingElse_IsRefused()
    {
        var vehicle = await office.VehicleAsync();
        var (_, self) = await office.DriverAsync();
        await StartAsync("f", vehicle.Id, self);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Log.OnceAsync(new("f", "end"), self, _ => Task.CompletedTask, Words, default));

        Assert.Equal("command.key-reused", refusal.Code);
    }

    [Fact]
    public async Task Once_WhenTheJobFails_RemembersNothing()
    {
        var vehicle = await office.VehicleAsync();
        var (_, self) = await office.DriverAsync();

        await Assert.ThrowsAsync<TimeoutException>(() => Log.OnceAsync(new("g", "start"), self, _ => throw new TimeoutException(), Words, default));

        Assert.True((await StartAsync("g", vehicle.Id, self)).Done);
    }
}
