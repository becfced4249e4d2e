using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Clients.Calendar;

/// <summary>Working hours of a person, minutes of the day, and since when his calendar is read elsewhere.</summary>
public sealed record CalendarHours(int From, int Until, DateTimeOffset? FeedSince);

/// <summary>Keeps how calendars look and who may read them elsewhere. The secret of a feed is 256 random bits, which need no slow hash.</summary>
public sealed class CalendarSettings(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>With what every secret begins, so that a scanner of leaks knows it.</summary>
    public const string Prefix = "pcal_";

    /// <summary>The actor's settings.</summary>
    public async Task<CalendarHours> OfAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var kept = await db.Set<CalendarSetting>().AsNoTracking().FirstOrDefaultAsync(s => s.User == actor.UserId, ct) ?? new(actor.UserId);
        return new(kept.WorksFrom, kept.WorksUntil, kept.FeedSince);
    }

    /// <summary>Sets the actor's working hours.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.hours-turned</c>, <c>number.out-of-range</c></exception>
    public Task WorkAsync(int from, int until, Actor actor, CancellationToken ct) => SetAsync(setting => setting.Work(from, until), actor, ct);

    /// <summary>Opens the actor's feed under a new secret, which is returned once; an older address opens nothing any more.</summary>
    public async Task<string> OpenFeedAsync(Actor actor, CancellationToken ct)
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await SetAsync(setting => setting.OpenFeed(Hash(secret), time.GetUtcNow()), actor, ct);
        return secret;
    }

    /// <summary>Closes the actor's feed.</summary>
    public Task CloseFeedAsync(Actor actor, CancellationToken ct) => SetAsync(setting => setting.CloseFeed(), actor, ct);

    /// <summary>Whose feed the secret opens, or null.</summary>
    public async Task<Guid?> RecogniseAsync(string secret, CancellationToken ct)
    {
        if (secret.Length is < 20 or > 100 || !secret.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var hash = Hash(secret);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<CalendarSetting>().Where(s => s.SecretHash == hash).Select(s => (Guid?)s.User).FirstOrDefaultAsync(ct);
    }

    private async Task SetAsync(Action<CalendarSetting> change, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = contexts.CreateFor(actor);
        var kept = await db.Set<CalendarSetting>().FirstOrDefaultAsync(s => s.User == actor.UserId, ct);
        if (kept is null) db.Add(kept = new(actor.UserId));
        change(kept);
        await db.SaveChangesAsync(ct);
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
