using System.Globalization;
using Portal.Web.Shell;

namespace Portal.Web.Dispatch;

/// <content>The board by keys.</content>
public sealed partial class TripBoardPage
{
    private const int RankedCars = 9;

    private Shortcut[] Keys() =>
    [
        new("N", "board.new-order", NewAsync, LeadsToField: true),
        new("/", "board.find", () => head?.FocusAsync().AsTask() ?? Task.CompletedTask),
        new("ArrowDown", "board.key.next", () => StepAsync(1)),
        new("ArrowUp", "board.key.previous", () => StepAsync(-1)),
        new("Enter", "board.key.open", OpenAsync),
        .. Enumerable.Range(1, RankedCars).Select(n => new Shortcut(n.ToString(CultureInfo.InvariantCulture), "board.key.assign", () => AssignRankedAsync(n - 1))),
        new("A", "board.key.auto", AutoSelectedAsync),
        new("Shift+A", "board.key.auto-all", AskAllAsync),
        new("M", "board.move", MoveAsync, LeadsToField: true),
        new("R", "board.release", ReleaseAsync),
        new("Z", "board.key.undo", UndoLastAsync),
        new("E", "board.edit", EditAsync, LeadsToField: true),
        new("F", "board.key.follow", FollowAsync),
        new("X", "board.key.choose", ChooseAsync),
        new("[", "board.key.view-before", () => ShowAsync((BoardView)(((int)view + 3) % 4))),
        new("]", "board.key.view-after", () => ShowAsync((BoardView)(((int)view + 1) % 4))),
        new("Escape", "shell.close", CloseAsync),
    ];
}
