using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>A window of the past to be played as if it were now, so many times faster.</summary>
public sealed record ReenactmentPlan(Period Window, double Speed)
{
    /// <summary>The longest window.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>The speeds a person chooses from.</summary>
    public static readonly IReadOnlyList<int> Speeds = [1, 2, 5, 10, 20, 60];

    /// <summary>The plan, refused when it cannot be played.</summary>
    /// <exception cref="RuleBrokenException"><c>reenactment.window</c>, <c>number.out-of-range</c></exception>
    public ReenactmentPlan Checked() => Window.Length > TimeSpan.Zero && Window.Length <= Longest
        ? this with { Speed = Required.Number(Speed, "reenactment.speed", 1, 60) }
        : throw new RuleBrokenException("reenactment.window", Longest.TotalHours);
}

/// <summary>What a window holds.</summary>
/// <param name="Vehicles">Vehicles with positions in it.</param>
/// <param name="Positions">Clean positions.</param>
/// <param name="Requests">Imported trips with their pickup in it.</param>
public sealed record ReenactmentScene(int Vehicles, int Positions, int Requests);

/// <summary>Where a re-enactment stands.</summary>
public enum ReenactmentState { Preparing, Playing, Paused, Ended, Stopped, Failed }

/// <summary>How far a re-enactment got.</summary>
/// <param name="Source">The name everything it made is marked by.</param>
/// <param name="Played">How far into the window it has played.</param>
/// <param name="LeftOut">Vehicles left out because they have a device of their own or another driver's shift.</param>
/// <param name="Branch">The only branch whose vehicles and trips are in it; null where they are of all.</param>
public sealed record ReenactmentProgress(
    ReenactmentPlan Plan, ReenactmentState State, string Source, TimeSpan Played, ReenactmentScene Scene,
    int Vehicles, int LeftOut, int PositionsSent, int PositionsRefused, int RequestsEntered, int RequestsRefused, BranchId? Branch)
{
    /// <summary>True while it holds the stage.</summary>
    public bool IsRunning => State is ReenactmentState.Preparing or ReenactmentState.Playing or ReenactmentState.Paused;

    /// <summary>True where the actor's rights reach over all that is in it, so that he may hold and stop it.</summary>
    public bool IsDirectedBy(Actor actor) => actor.OnlyBranch() is not { } only || only == Branch;
}
