using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

/// <summary>What of an object somebody may use: nothing, or see it and what hangs on it, and say something about it.</summary>
/// <param name="Kind">kind of the object</param>
/// <param name="MaySeeAsync">true when the object is there and the actor may see it</param>
/// <param name="Responsible">the user who answers for the object, read as a row of its own; null for a kind that nobody answers for</param>
public sealed record ObjectDoor(ObjectKind Kind, Func<Guid, Actor, CancellationToken, Task<bool>> MaySeeAsync, Func<PortalDb, Guid, IQueryable<Guid?>>? Responsible = null);

/// <summary>
/// Rights of comments and files are those of the object they hang on: each feature brings a door for each of its kinds.
/// A kind without a door takes none.
/// </summary>
public sealed class ObjectDoors(IEnumerable<ObjectDoor> doors, IDbContextFactory<PortalDb> contexts)
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

    /// <summary>The user who answers for an object, or null.</summary>
    internal async Task<Guid?> ResponsibleAsync(ObjectRef about, CancellationToken ct)
    {
        if (known.GetValueOrDefault(about.Kind)?.Responsible is not { } responsible) return null;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await responsible(db, about.Id).FirstOrDefaultAsync(ct);
    }
}
