using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>How a person's calendar looks, and the secret under which programs elsewhere read it. Without a row the day is that of <see cref="UsualFrom"/>.</summary>
public sealed class CalendarSetting
{
    /// <summary>When work begins where nobody says otherwise, minutes of the day.</summary>
    public const int UsualFrom = 9 * 60;

    /// <summary>When it ends, minutes of the day.</summary>
    public const int UsualUntil = 18 * 60;

    private CalendarSetting() { }

    /// <summary>The usual settings of a user.</summary>
    public CalendarSetting(Guid user) => User = user;

    public Guid User { get; private set; }
    /// <summary>Minutes of the day.</summary>
    public int WorksFrom { get; private set; } = UsualFrom;
    /// <summary>Minutes of the day.</summary>
    public int WorksUntil { get; private set; } = UsualUntil;
    /// <summary>SHA-256 of the secret in the feed's address; null where there is no feed.</summary>
    public byte[]? SecretHash { get; private set; }
    public DateTimeOffset? FeedSince { get; private set; }

    /// <summary>Sets the working hours, minutes of the day.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.hours-turned</c>, <c>number.out-of-range</c></exception>
    public void Work(int from, int until)
    {
        (from, until) = (Required.Number(from, "calendar.works-from", 0, 1439), Required.Number(until, "calendar.works-until", 1, 1440));
        if (until <= from) throw new RuleBrokenException("clients.hours-turned");
        (WorksFrom, WorksUntil) = (from, until);
    }

    /// <summary>Opens the feed under a new secret; the old one opens nothing any more.</summary>
    public void OpenFeed(byte[] hash, DateTimeOffset now) => (SecretHash, FeedSince) = (hash, now);

    /// <summary>Closes the feed.</summary>
    public void CloseFeed() => (SecretHash, FeedSince) = (null, null);
}
