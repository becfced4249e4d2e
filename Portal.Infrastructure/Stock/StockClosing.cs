using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>Until when the books are closed, the day included; null where they are not.</summary>
public sealed record ClosedBooks(DateOnly? Until = null);

/// <summary>Closes periods: nothing moves in them any more, so what they cost stays. Changes need <see cref="Permissions.StockManage"/>.</summary>
public sealed class StockClosing(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const string Key = "stock.closed";

    /// <summary>Until when they are closed, and the version to be changed; 0 where nobody has closed any.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<(ClosedBooks Books, uint Version)> SeeAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (books, version) = await db.SeeSettingAsync<ClosedBooks>(Key, ct);
        return (books ?? new(), version);
    }

    /// <summary>Closes them until a day, or opens them again, over what the user saw in version <paramref name="seen"/>. It waits for what is being posted.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>shared.changed-by</c></exception>
    public async Task CloseAsync(DateOnly? until, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockManage);
        await using var db = contexts.CreateFor(actor);
        await db.ChangeSettingAsync(Key, new ClosedBooks(until), seen, time.GetUtcNow(), ct);
    }

    /// <summary>Refuses a day in a closed period, and keeps it from being closed until the transaction ends.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.period-closed</c></exception>
    internal static async Task RequireOpenAsync(PortalDb db, DateOnly day, CancellationToken ct)
    {
        await db.ShareTurnAsync($"setting.{Key}", ct);
        if ((await db.ReadSettingAsync<ClosedBooks>(Key, ct))?.Until is { } until && day <= until) throw new RuleBrokenException("stock.period-closed", until);
    }
}
