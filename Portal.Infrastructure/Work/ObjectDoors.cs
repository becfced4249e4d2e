using Portal.Domain.Shared;

namespace Portal.Infrastructure.Work;

/// <summary>What of an object somebody may use: nothing, or see it and what hangs on it, and say something about it.</summary>
/// <param name="Kind">kind of the object</param>
/// <param name="MaySeeAsync">true when the object is there and the actor may see it</param>
public sealed record ObjectDoor(ObjectKind Kind, Func<Guid, Actor, CancellationToken, Task<bool>> MaySeeAsync);

/// <summary>
/// Rights of comments and files are those of the object they hang on: each feature brings a door for each of its kinds.
/// A kind without a door takes none.
/// </summary>
public sealed class ObjectDoors(IEnumerable<ObjectDoor> doors)
{
    private readonly Dictionary<ObjectKind, ObjectDoor> known = doors.ToDictionary(door => door.Kind);

    /// <summary>Refuses who may not see the object, in the same words as when it is not there.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c></exception>
    public async Task RequireAsync(ObjectRef about, Actor actor, CancellationToken ct)
    {
        if (!await MaySeeAsync(about, actor, ct)) throw new RuleBrokenException("work.object-unknown");
    }

    /// <summary>True when the actor may see the object.</summary>
    public async Task<bool> MaySeeAsync(ObjectRef about, Actor actor, CancellationToken ct) =>
        known.TryGetValue(about.Kind, out var door) && await door.MaySeeAsync(about.Id, actor, ct);
}
