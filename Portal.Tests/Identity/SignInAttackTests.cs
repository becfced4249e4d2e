using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;
using Portal.Web.Identity;

namespace Portal.Tests.Identity;

/// <summary>Guessing, forging and misleading at the door.</summary>
public sealed class SignInAttackTests(PortalApp app) : IClassFixture<PortalApp>
{
    private static readonly Actor Administrator = Actor.System("test");

    [Fact]
    public async Task SignIn_OfAnyWrongKind_IsAnsweredAlike()
    {
        await app.AddUserAsync("known", StandardRoles.Dispatcher);
        await app.AddUserAsync("gone", StandardRoles.Dispatcher);
        await app.AddUserAsync("locked", StandardRoles.Dispatcher);
        await app.Services.GetRequiredService<UserAccounts>().BlockAsync(await IdAsync("gone"), Administrator, CancellationToken.None);
        await ExecuteAsync("update identity.portal_user set lockout_end = now() + interval '1 hour' where user_name = 'locked'");
        using var session = new WebSession(app.Address);

        var wrong = await session.SignInAsync("known", "a wrong guess");
        var others = new[]
        {
            await session.SignInAsync("nobody-at-all", "a wrong guess"),
            await session.SignInAsync("gone", PortalApp.Password),
            await session.SignInAsync("locked", PortalApp.Password),
            await session.SignInAsync(new string('n', 5000), new string('p', 5000)),
        };

        Assert.Equal(HttpStatusCode.OK, wrong.Status);
        Assert.All(others, other => Assert.Equal((wrong.Status, wrong.Page), (other.Status, other.Page)));
        Assert.InRange((int)(await session.SignInAsync("nul\0byte", "a wrong guess")).Status, 200, 499);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("blocked")]
    [InlineData("locked-out")]
    public async Task SignIn_ThatCannotSucceed_StillHashesThePassword(string kind)
    {
        await app.AddUserAsync($"hash-{kind}", StandardRoles.Driver);
        await ExecuteAsync($"update identity.portal_user set blocked = {kind == "blocked"}, lockout_end = {(kind == "locked-out" ? "now() + interval '1 hour'" : "null")} where user_name = 'hash-{kind}'");
        await using var scope = app.Services.CreateAsyncScope();
        var hasher = new CountingHasher();
        var desk = ActivatorUtilities.CreateInstance<SignInDesk>(scope.ServiceProvider, hasher);

        Assert.False(await desk.TrySignInAsync(new DefaultHttpContext(), kind == "unknown" ? "hash-nobody" : $"hash-{kind}", PortalApp.Password));

        Assert.Equal(1, hasher.Verified);
    }

    [Fact]
    public async Task SignIn_GuessedManyTimesAtOnce_LocksAndLeavesABoundedTrail()
    {
        await app.AddUserAsync("guessed", StandardRoles.Dispatcher);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            using var session = new WebSession(app.Address);
            await session.SignInAsync("guessed", $"guess number {i}");
        }));

        using var owner = new WebSession(app.Address);
        Assert.Equal(HttpStatusCode.OK, (await owner.SignInAsync("guessed", PortalApp.Password)).Status);
        Assert.Equal(1, await CountAsync("guessed", "locked-out"));
        Assert.InRange(await CountAsync("guessed", "sign-in-failed"), 1, 2 * AuditLog.EachPerMinute);
        Assert.Equal(0L, await ScalarAsync("select count(*) from core.audit where after ? 'AccessFailedCount' and action = 'changed' and not after ? 'LockoutEnd'"));
    }

    [Fact]
    public async Task SignIn_OfAnOffice_PassesWhileAFloodFromOneAddressDoesNot()
    {
        var office = Enumerable.Range(0, 100).Select(_ => HttpStatusCode.BadRequest);

        // without its token the form is refused before a password is hashed, but counted
        Assert.Equal(office, await PostAsync(100));
        Assert.Contains(HttpStatusCode.TooManyRequests, await PostAsync(100));

        using var elsewhere = new WebSession(app.Address);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await elsewhere.SignInAsync("nobody", "guess")).Status);

        async Task<List<HttpStatusCode>> PostAsync(int times)
        {
            using var session = new WebSession(app.Address, IPAddress.Parse("127.0.0.9"));
            var answers = new List<HttpStatusCode>();
            for (var i = 0; i < times; i++)
            {
                using var answer = await session.Http.PostAsync("/signin", new FormUrlEncodedContent([new("_handler", "signin")]));
                answers.Add(answer.StatusCode);
            }
            return answers;
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt://%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("//elsewhere.example")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("/\t/elsewhere.example")]
    [InlineData("https://elsewhere.example/")]
    public async Task SignIn_WithABackAddressThatLeadsAway_LeadsToTheStartPage(string back)
    {
        var name = $"led-{back.GetHashCode()}";
        await app.AddUserAsync(name, StandardRoles.Dispatcher);
        using var session = new WebSession(app.Address);

        var answer = await session.SignInAsync(name, PortalApp.Password, $"?back={Uri.EscapeDataString(back)}");

        Assert.Equal(HttpStatusCode.Found, answer.Status);
        Assert.Equal("/", new Uri(app.Address, answer.Location!).AbsolutePath);
        Assert.Equal(app.Address.Authority, new Uri(app.Address, answer.Location!).Authority);
    }

    [Fact]
    public async Task Cookie_ForgedOrChanged_IsNoSignIn()
    {
        await app.AddUserAsync("honest", StandardRoles.Administrator);
        using var session = await app.OpenSessionAsync("honest");
        var real = session.Cookies.GetCookies(app.Address)["portal"]!.Value;
        var ours = app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("something else").Protect("honest");

        foreach (var forged in new[] { "x", new string('A', 3000), real[..^8] + "AAAAAAAA", real[..(real.Length / 2)], ours })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/account") { Headers = { { "Cookie", $"portal={forged}" }, { "Accept", "text/html" } } };
            using var client = app.CreateClient();
            using var answer = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            Assert.StartsWith("/signin", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cookie_KeptAfterSigningOut_IsNoSignIn()
    {
        await app.AddUserAsync("leaver", StandardRoles.Dispatcher);
        using var session = await app.OpenSessionAsync("leaver");
        using var alive = await session.Http.GetAsync("/account");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

        Assert.Equal(HttpStatusCode.Found, await session.SignOutKeepingCookieAsync());

        using var replayed = await session.Http.GetAsync("/account");
        Assert.Equal(HttpStatusCode.Unauthorized, replayed.StatusCode);
    }

    private async Task<WebSession> OpenWithOneTimePasswordAsync(string name)
    {
        var roles = await app.Services.GetRequiredService<RoleGrants>().ListAsync(Administrator, CancellationToken.None);
        var (_, password) = await app.Services.GetRequiredService<UserAccounts>().OpenAsync(
            new UserDetails(name, name, null, "en", "UTC", null, [roles.Single(r => r.Code == StandardRoles.Dispatcher).Id]), Administrator, CancellationToken.None);
        var session = new WebSession(app.Address);
        Assert.Equal(HttpStatusCode.Found, (await session.SignInAsync(name, password)).Status);
        return session;
    }

    [Theory]
    [InlineData("/export/drivers.csv")]
    [InlineData("/export/vehicles.xlsx")]
    [InlineData("/export/trips.xlsx")]
    [InlineData("/board")]
    [InlineData("/work/files/x.pdf")]
    public async Task OneTimePassword_OpensNothingButThePageThatChangesIt(string path)
    {
        using var session = await OpenWithOneTimePasswordAsync($"novice{path.GetHashCode(StringComparison.Ordinal):x}");
        using var answer = await session.Http.GetAsync(path);
        Assert.Equal("/account/password", answer.Headers.Location?.ToString());
        using var style = await session.Http.GetAsync("/app.css");
        Assert.Equal(HttpStatusCode.OK, style.StatusCode);
    }

    [Theory]
    [InlineData("/api/driver/day")]
    [InlineData("/api/v1/nowhere")]
    public async Task OneTimePassword_AtAnInterface_IsToldInJson(string path)
    {
        using var session = await OpenWithOneTimePasswordAsync($"novice-{path.Replace('/', '-')}");
        using var answer = await session.Http.GetAsync(path);
        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("identity.password-due", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("aaaaaaaaaaaa", false)]
    [InlineData("abababababab", false)]
    [InlineData("correct horse", true)]
    public async Task Password_OfFewDifferentCharacters_IsTooWeak(string password, bool good)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        Assert.Equal(good, (await Assert.Single(users.PasswordValidators).ValidateAsync(users, new PortalUser(), password)).Succeeded);
    }

    [Fact]
    public async Task Cookie_WhenRenewed_KeepsTheDutyToChangeThePassword()
    {
        using var session = await OpenWithOneTimePasswordAsync("novice");
        var validation = app.Services.GetRequiredService<IOptions<SecurityStampValidatorOptions>>().Value;
        var interval = validation.ValidationInterval;
        validation.ValidationInterval = TimeSpan.Zero;
        try
        {
            for (var i = 0; i < 2; i++)
            {
                using var answer = await session.Http.GetAsync("/account");
                Assert.True(answer.Headers.Contains("Set-Cookie"), "the cookie was to be renewed");
                Assert.Equal("/account/password", answer.Headers.Location?.ToString());
            }
        }
        finally
        {
            validation.ValidationInterval = interval;
        }
    }

    [Theory]
    [InlineData("/signin", 200)]
    [InlineData("/app.css", 200)]
    [InlineData("/nowhere/at/all", 404)]
    [InlineData("/health/live", 200)]
    [InlineData("/account", 302)]
    [InlineData("/map/layers", 401)]
    public async Task Answer_OfAnyKind_CarriesTheHeaders(string path, int status)
    {
        using var client = app.CreateClient();
        if (path is "/account" or "/nowhere/at/all") client.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        using var answer = await client.GetAsync(path);

        Assert.Equal(status, (int)answer.StatusCode);
        AssertGuarded(answer);
    }

    [Fact]
    public async Task NotFound_ForSomebodyNotSignedIn_IsAPageWithoutACircuit()
    {
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        var page = await (await client.GetAsync("/nowhere/at/all")).Content.ReadAsStringAsync();

        Assert.Contains("<h1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("blazor.web.js", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_OfMoreThanIsTaken_IsRefusedWithoutATrace()
    {
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.ExpectContinue = true;
        using var answer = await client.PostAsync("/signin", new FormUrlEncodedContent([new("Form.Name", new string('x', 10_000_000))]));

        Assert.InRange((int)answer.StatusCode, 400, 413);
        Assert.DoesNotContain("   at ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertGuarded(answer);
    }

    [Fact]
    public async Task Cookies_AreOutOfReachOfScriptsAndOtherSites()
    {
        await app.AddUserAsync("baker", StandardRoles.Dispatcher);
        using var session = new WebSession(app.Address);
        using var form = await session.Http.GetAsync("/signin");
        await session.SignInAsync("baker", PortalApp.Password);

        Assert.All(session.Cookies.GetCookies(app.Address).Cast<Cookie>(), cookie => Assert.True(cookie.HttpOnly, cookie.Name));
        Assert.All(form.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("samesite=", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Keys_AreReadableByNobodyElse()
    {
        var repository = Assert.IsType<FileSystemXmlRepository>(app.Services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, repository.Directory.UnixFileMode);
    }

    [Fact]
    public void Invokable_MethodsBelongToAnObjectOfThePage()
    {
        // a static one could be called by anybody with a circuit, on whatever page
        var invokable = typeof(Program).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<JSInvokableAttribute>() is not null).ToList();

        Assert.NotEmpty(invokable);
        Check.None(invokable.Where(method => method.IsStatic).Select(method => $"{method.DeclaringType}.{method.Name} is static"));
    }

    private static void AssertGuarded(HttpResponseMessage answer)
    {
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", answer.Headers.GetValues("Content-Security-Policy").Single().Split("script-src")[1].Split(';')[0], StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.False(answer.Headers.Contains("Server"));
    }

    private async Task<Guid> IdAsync(string name) => (Guid)(await ScalarAsync($"select id from identity.portal_user where user_name = '{name}'"))!;

    private async Task<long> CountAsync(string name, string what) =>
        (long)(await ScalarAsync($"select count(*) from core.audit where user_name = '{name}' and action = 'event' and after->>'What' = '{what}'"))!;

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = app.Database.Owner.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private Task ExecuteAsync(string sql) => ScalarAsync(sql);

    private sealed class CountingHasher : PasswordHasher<PortalUser>
    {
        public int Verified { get; private set; }

        public override PasswordVerificationResult VerifyHashedPassword(PortalUser user, string hashedPassword, string providedPassword)
        {
            Verified++;
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
