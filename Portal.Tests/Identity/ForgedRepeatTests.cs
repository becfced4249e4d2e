using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Tests.Dispatch;

namespace Portal.Tests.Identity;

public sealed class ForgedRepeatTests(DispatchYard yard) : IClassFixture<DispatchYard>
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
}
