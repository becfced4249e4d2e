using Microsoft.EntityFrameworkCore;

namespace Portal.Infrastructure.Database;

/// <summary>Lets jobs that look before they save go one after the other.</summary>
internal static class Turn
{
    /// <summary>
    /// Waits until no other transaction has the turn of a name; it passes on when this one ends.
    /// For names that were free to repeat before: a unique index could not be laid over what is there.
    /// </summary>
    public static Task TakeTurnAsync(this PortalDb db, string name, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({name}, 0))", ct);

    /// <summary>Waits until nobody has the turn of a name, and lets nobody take it until this transaction ends; others may share it.</summary>
    public static Task ShareTurnAsync(this PortalDb db, string name, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock_shared(hashtextextended({name}, 0))", ct);
}
