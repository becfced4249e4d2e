using Microsoft.AspNetCore.Components.Web;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Fleet;

namespace Portal.Web.Dispatch;

/// <content>Orders taken in and changed, and points picked on the map.</content>
public sealed partial class TripBoardPage
{
    private sealed record NearAnswer(double Left, double Top, string Address, IReadOnlyList<Candidate>? Cars);

    private TripDetails? editing;
    private OrderCard? card;
    private NearAnswer? near;
    private GeoPoint? pin;
    private int picking;

    private Task NewAsync()
    {
        if (actor?.Can(Permissions.TripRegister) != true) return Task.CompletedTask;
        if (panel == Panel.Order && editing is null && card is not null) return card.FocusAsync();
        (editing, panel) = (null, Panel.Order);
        return RefreshAsync();
    }

    // the product's shortcuts are off while somebody types, and here he always does
    private Task OrderKeyAsync(KeyboardEventArgs pressed) => pressed.Key == "Escape" ? CloseAsync() : Task.CompletedTask;

    private Task EditAsync()
    {
        if (details is null || state.SelectedTrip is not { State: < TripState.OnBoard }) return Task.CompletedTask;
        (editing, panel) = (details, Panel.Order);
        return RefreshAsync();
    }

    private async Task SavedAsync(TripStanding standing)
    {
        if (editing is null) return;
        editing = null;
        await SelectAsync(standing.Id);
    }

    private Task PickedAsync(GeoPoint point) => card?.PickAsync(point) ?? Task.CompletedTask;

    private async Task NearAsync(MapContext asked)
    {
        pin = asked.Point;
        near = new(Math.Max(8, asked.X), Math.Max(8, asked.Y), addresses.At(asked.Point).Address, null);
        StateHasChanged();
        await refusals.TryAsync(async () => near = near with { Cars = await candidatesBy.NearAsync(asked.Point, 5, await current.GetAsync(), closing.Token) });
    }
}
