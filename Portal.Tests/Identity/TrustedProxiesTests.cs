using System.Net;
using Portal.Domain.Identity;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

/// <summary>The application behind a proxy on 127.0.0.2.</summary>
public sealed class ProxiedApp : PortalApp
{
    public static readonly IPAddress Proxy = IPAddress.Parse("127.0.0.2");

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Proxy:Known", "127.0.0.2, 10.1.0.0/16")];
}

/// <summary>What a proxy says of its client is believed, what a client says of himself is not.</summary>
public sealed class TrustedProxiesTests(ProxiedApp proxied, PortalApp direct) : IClassFixture<ProxiedApp>, IClassFixture<PortalApp>
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7, 10.1.4.4", "203.0.113.7")]
    public async Task SignIn_ThroughTheProxy_IsNotedFromTheClientsAddressAndItsCookieIsSecure(string said, string client)
    {
        var name = $"far-{said.Length}-{said.Contains("10.1")}";
        await proxied.AddUserAsync(name, StandardRoles.Dispatcher);
        using var session = new WebSession(proxied.Address, ProxiedApp.Proxy);
        session.Http.DefaultRequestHeaders.Add("X-Forwarded-For", said);
        session.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var form = await session.Http.GetAsync("/signin");

        Assert.All(form.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase));
        session.Http.DefaultRequestHeaders.Remove("X-Forwarded-Proto");
        await session.SignInAsync(name, PortalApp.Password);
        Assert.Equal(client, await OriginAsync(proxied, name));
    }

    [Fact]
    public async Task SignIn_FromElsewhereThanTheProxy_IsNotedFromItsOwnAddress()
    {
        await proxied.AddUserAsync("pretender", StandardRoles.Dispatcher);
        using var session = new WebSession(proxied.Address, IPAddress.Parse("127.0.0.3"));
        session.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");

        await session.SignInAsync("pretender", PortalApp.Password);

        Assert.EndsWith("127.0.0.3", await OriginAsync(proxied, "pretender"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithoutTheSetting_IsNotedFromItsOwnAddress()
    {
        await direct.AddUserAsync("forger", StandardRoles.Dispatcher);
        using var session = new WebSession(direct.Address, ProxiedApp.Proxy);
        session.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        session.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var form = await session.Http.GetAsync("/signin");
        await session.SignInAsync("forger", PortalApp.Password);

        Assert.All(form.Headers.GetValues("Set-Cookie"), cookie => Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.EndsWith("127.0.0.2", await OriginAsync(direct, "forger"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_FloodThroughTheProxy_IsLimitedForItsClientAlone()
    {
        using var flooding = new WebSession(proxied.Address, ProxiedApp.Proxy);
        flooding.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.66");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 200; i++)
        {
            using var answer = await flooding.Http.PostAsync("/signin", new FormUrlEncodedContent([new("_handler", "signin")]));
            answers.Add(answer.StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        using var colleague = new WebSession(proxied.Address, ProxiedApp.Proxy);
        colleague.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.67");
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await colleague.SignInAsync("nobody", "guess")).Status);
    }

    private static async Task<string?> OriginAsync(PortalApp app, string name)
    {
        await using var command = app.Database.Owner.CreateCommand("select origin from core.audit where user_name = $1 and after->>'What' = 'signed-in'");
        command.Parameters.Add(new() { Value = name });
        return (string?)await command.ExecuteScalarAsync();
    }
}
