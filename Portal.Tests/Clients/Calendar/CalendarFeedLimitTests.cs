using System.Net;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Tests.Support;

namespace Portal.Tests.Clients.Calendar;

/// <summary>Whoever tries addresses of feeds is held up.</summary>
public sealed class CalendarFeedLimitTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Feeds_AskedForInAHurry_AreRefusedForAWhile()
    {
        using var web = app.CreateClient();
        var answers = new List<HttpResponseMessage>();
        do answers.Add(await web.GetAsync($"calendar/feed/{CalendarSettings.Prefix}{Guid.NewGuid():n}.ics"));
        while (answers[^1].StatusCode == HttpStatusCode.NotFound && answers.Count < 1000);

        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1].StatusCode);
        Assert.NotNull(answers[^1].Headers.RetryAfter);
        Assert.True(answers.Count > 50);
    }
}
