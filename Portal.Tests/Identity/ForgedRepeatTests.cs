using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Tests.Browser;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

/// <summary>Attack 13: the same approval fifty times.</summary>
public sealed class ForgedRepeatTests(DispatchYard yard, BoardApp app) : IClassFixture<DispatchYard>, IClassFixture<BoardApp>
{
    [Fact]
    public async Task Assign_FiftyTimesAtOnce_HasOneEffect()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Record.ExceptionAsync(() => yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida, trip.Version))));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.All(outcomes.OfType<Exception>(), outcome => Assert.IsType<RuleBrokenException>(outcome));
        Assert.Equal([TripAction.Registered, TripAction.Assigned], (await yard.LoadAsync(trip.Id)).Events.OrderBy(e => e.Ordinal).Select(e => e.Action));
    }

    [Fact]
    public async Task AssignAll_ByFiftyForgedClicks_GivesEachTripOnce()
    {
        var trips = new[] { await app.TripAsync("Rex Stone"), await app.TripAsync("Rea Stone") };
        using var session = await app.OpenSessionAsync("ida");
        await using var circuit = await session.OpenCircuitAsync("/board");
        var all = await circuit.ElementAsync(e => e.Name == "button" && e.Attributes.GetValueOrDefault("aria-keyshortcuts") == "Shift+A");

        await circuit.RaiseAsync(all.Handlers["onclick"], "click");
        await circuit.ElementAsync(e => e.Name == "dialog" || e.Attributes.GetValueOrDefault("role") == "dialog" || e.Attributes.GetValueOrDefault("role") == "alertdialog");
        var confirm = await circuit.ElementAsync(e => e.Name == "button" && e.Attributes.GetValueOrDefault("class") == "primary" && e.Handlers.ContainsKey("onclick"));

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => circuit.RaiseAsync(confirm.Handlers["onclick"], "click")));

        await Wait.UntilAsync(() => trips.All(trip => app.Seen(trip.Id).State == TripState.Assigned), "the assignments on the board");
        await using var command = app.Database.Owner.CreateCommand("select count(*) from dispatch.trip_event where trip = any($1) and action in ('Assigned', 'Reassigned')");
        command.Parameters.Add(new() { Value = trips.Select(trip => trip.Id.Value).ToArray() });
        Assert.Equal(2L, await command.ExecuteScalarAsync());
    }
}
