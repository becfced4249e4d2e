using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Net.Http.Headers;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Calendar;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Clients.Calendar;

/// <summary>
/// A person's calendar for programs elsewhere, under a secret address and with his rights of this moment. Whoever has no such
/// address, or an old one, or that of a blocked user, learns nothing: all three are not found.
/// </summary>
internal static class CalendarFeed
{
    /// <summary>Name of the limit: bursts of 60 from one address, one a second.</summary>
    private const string Limit = "calendar-feed";

    private const int DaysBack = 90, DaysAhead = 365;

    /// <summary>Path of the feed with this secret, without the leading slash.</summary>
    public static string PathOf(string secret) => $"calendar/feed/{secret}.ics";

    public static IServiceCollection AddCalendarFeed(this IServiceCollection services) =>
        services.AddRateLimiter(limits => limits.AddPolicy(Limit, http => RateLimitPartition.GetTokenBucketLimiter(
            http.Connection.RemoteIpAddress?.ToString() ?? "unknown",
            _ => new TokenBucketRateLimiterOptions { TokenLimit = 60, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0 })));

    public static void MapCalendarFeed(this IEndpointRouteBuilder app) => app.MapGet("/calendar/feed/{secret}.ics", AnswerAsync).RequireRateLimiting(Limit);

    private static async Task<IResult> AnswerAsync(
        HttpContext http, string secret, CalendarSettings settings, UserRights rights, CalendarQuery calendar, MyWorkQuery work, ReaderWords words, TimeProvider time)
    {
        var ct = http.RequestAborted;
        if (await settings.RecogniseAsync(secret, ct) is not { } user || await rights.FindAsync(user, ct) is not { PartnerId: null } actor) return Results.NotFound();
        var (T, _) = words.Of(actor);
        var root = new Uri($"{http.Request.Scheme}://{http.Request.Host}/");
        // whole days, so that the same calendar gives the same file all day
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var period = new Period(today.AddDays(-DaysBack), today.AddDays(DaysAhead));
        var talks = await calendar.ListAsync(period, [user], actor, ct);
        var due = await work.FilterAsync(WorkGroup.Mine, new(Due: period), Slice.All, actor, ct);
        var file = CalendarFile.Write(T["calendar.feed-name", actor.Name], [.. talks.Select(talk => Of(talk, root, T)), .. due.Rows.Select(item => Of(item, root, T))]);
        var body = Encoding.UTF8.GetBytes(file);
        http.Response.Headers.CacheControl = "private, no-cache";
        return Results.File(body, "text/calendar; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body))}\""));
    }

    private static CalendarEvent Of(InteractionRow talk, Uri root, Texts T)
    {
        var with = talk.With.Count > 0 ? T["clients.with", string.Join(", ", talk.With.Select(p => p.Name))] : null;
        return new($"{talk.Id.Value}@portal", talk.At, talk.Minutes, $"{T[$"interactionKind.{talk.Kind}"]}: {talk.Subject} – {talk.Client}",
            string.Join("\n", new[] { with, talk.Text, talk.Outcome }.Where(line => !string.IsNullOrEmpty(line))), new(root, ObjectLinks.To(ObjectKind.Interaction, talk.Id.Value)),
            talk.ChangedAt, talk.Revision, talk.State == InteractionState.Cancelled, Busy: talk.Minutes > 0, talk.State == InteractionState.Planned ? talk.Remind : null);
    }

    private static CalendarEvent Of(WorkItem item, Uri root, Texts T) => new(
        $"{item.Object.Id}@portal", item.Due!.Value, 0, T["calendar.due", item.Title.In(T.Language)], item.AboutTitle, new(root, ObjectLinks.To(item.Object.Kind, item.Object.Id)),
        item.CreatedAt, 0, Cancelled: false, Busy: false, Alarm: null);
}
