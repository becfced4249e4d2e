using System.Net;
using Portal.Domain.Identity;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;
using Portal.Web.Identity;

namespace Portal.Tests.Identity;

/// <summary>The application under a clock that a test moves.</summary>
public sealed class ClockedApp : PortalApp
{
    // Far ahead: the client keeps no cookie that is out of date by its own clock.
    public StillClock Time { get; } = new(new DateTimeOffset(2050, 3, 2, 17, 0, 0, TimeSpan.Zero));

    protected override TimeProvider Clock => Time;
}

public sealed class StayingSignedInTests(ClockedApp app) : IClassFixture<ClockedApp>
{
    [Fact]
    public async Task Cookie_OfADriverWhoStays_HoldsTheNextMorningAndAnOrdinaryOneDoesNot()
    {
        using var phone = await SignedInAsync("early-bird", stay: true);
        using var desk = await SignedInAsync("day-worker", stay: false);

        app.Time.Advance(TimeSpan.FromHours(14));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await StatusAsync(phone), await StatusAsync(desk)));
    }

    [Fact]
    public async Task Cookie_OfSomebodyWhoStays_EndsWithoutUseAndAtLastForAll()
    {
        using var idle = await SignedInAsync("long-ill", stay: true);
        using var busy = await SignedInAsync("every-day", stay: true);

        for (var day = TimeSpan.Zero; day < Sessions.StayingAtMost - TimeSpan.FromDays(5); day += TimeSpan.FromDays(5))
        {
            app.Time.Advance(TimeSpan.FromDays(5));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(busy));
        }
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(idle));
        app.Time.Advance(TimeSpan.FromDays(6));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(busy));
    }

    [Fact]
    public async Task Cookie_StolenFromAPhone_IsRefusedAfterSigningOutEverywhere()
    {
        using var phone = await SignedInAsync("robbed", stay: true);
        using var desk = await app.OpenSessionAsync("robbed");
        using var thief = new WebSession(app.Address);
        thief.Cookies.Add(app.Address, phone.Cookies.GetCookies(app.Address));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(thief));

        Assert.Equal(HttpStatusCode.Found, await desk.SignOutKeepingCookieAsync("/account/signout-everywhere"));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await StatusAsync(thief), await StatusAsync(phone), await StatusAsync(desk)));
        Assert.Equal(HttpStatusCode.Found, (await phone.SignInAsync("robbed", PortalApp.Password)).Status);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(phone));
    }

    private async Task<WebSession> SignedInAsync(string name, bool stay)
    {
        await app.AddUserAsync(name, StandardRoles.Driver);
        var session = new WebSession(app.Address);
        Assert.Equal(HttpStatusCode.Found, (await session.SignInAsync(name, PortalApp.Password, stay: stay)).Status);
        return session;
    }

    private static async Task<HttpStatusCode> StatusAsync(WebSession session)
    {
        using var answer = await session.Http.GetAsync("/account");
        return answer.StatusCode;
    }
}
