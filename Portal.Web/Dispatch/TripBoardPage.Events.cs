using Microsoft.JSInterop;
using Portal.Infrastructure.Dispatch;

namespace Portal.Web.Dispatch;

/// <content>What the board's script tells.</content>
public sealed partial class TripBoardPage
{
    /// <summary>What the browser may tell the board. Ids only; the jobs check rights and state.</summary>
    public sealed class BoardEvents(TripBoardPage board)
    {
        /// <summary>The pointer entered or left a list.</summary>
        [JSInvokable]
        public Task Hold(bool held) => board.InvokeAsync(() =>
        {
            board.state.Hold(held);
            if (!held) board.StateHasChanged();
        });

        /// <summary>A trip was clicked: with Ctrl to tick it, with Shift to tick all up to it.</summary>
        [JSInvokable]
        public Task Pressed(Guid trip, bool tick, bool stretch) => board.InvokeAsync(() => board.PressAsync(new(trip), tick, stretch));

        /// <summary>The search box was left for what it found.</summary>
        [JSInvokable]
        public Task Found() => board.InvokeAsync(() => board.StepAsync(0));

        /// <summary>A vehicle's name was clicked.</summary>
        [JSInvokable]
        public Task VehiclePressed(Guid vehicle) => board.InvokeAsync(() => board.SelectVehicleAsync(new(vehicle)));

        /// <summary>A trip was dropped on a vehicle's lane; <paramref name="seen"/> is its version when somebody took hold of it.</summary>
        [JSInvokable]
        public Task Dropped(Guid trip, uint seen, Guid vehicle) => board.InvokeAsync(() =>
            board.state.Board.Find(new(trip)) is { } dragged ? board.GiveAsync(dragged with { Version = seen }, new(vehicle)) : Task.CompletedTask);
    }
}
