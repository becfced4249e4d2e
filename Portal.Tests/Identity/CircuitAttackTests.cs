using Microsoft.Extensions.DependencyInjection;
using System.Net.WebSockets;
using Portal.Domain.Identity;
using Portal.Tests.Support;
using Portal.Tests.Support.Circuits;
using Portal.Web.Identity;

namespace Portal.Tests.Identity;

/// <summary>What somebody can send over a live connection that no page of ours would send.</summary>
public sealed class CircuitAttackTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Event_OfAButtonThatWasNotRendered_DoesNothingAndHarmsNobody()
    {
        using var attacker = await SessionAsync("forger", StandardRoles.Dispatcher);
        using var neighbour = await SessionAsync("neighbour", StandardRoles.Administrator);
        await using var forged = await attacker.OpenCircuitAsync("/account");
        await using var other = await neighbour.OpenCircuitAsync("/roles");
        var add = await other.ElementAsync(e => e.Name == "form" && e.Handlers.ContainsKey("onsubmit"));
        var before = await CountAsync("select count(*) from identity.role");

        var answer = await forged.RaiseAsync(add.Handlers["onsubmit"] + 100_000, "submit");

        Assert.True(answer is null or { Succeeded: false });
        AssertNoTrace(forged, answer);
        Assert.Equal(before, await CountAsync("select count(*) from identity.role"));
        await AssertAliveAsync(other);
    }

    [Theory]
    [InlineData("Portal.Web", "DropEverything", 0)]
    [InlineData("Portal.Infrastructure", "BlockAsync", 0)]
    [InlineData("System.Private.CoreLib", "Exit", 0)]
    [InlineData(null, "Dispose", 1)]
    [InlineData(null, "Pressed", 4711)]
    [InlineData(null, "DispatchEventAsync", -1)]
    public async Task Call_OfUnknownCodeOrForeignObject_IsRefusedWithoutATrace(string? assembly, string method, long reference)
    {
        using var session = await SessionAsync($"caller-{method}-{reference}", StandardRoles.Dispatcher);
        await using var circuit = await session.OpenCircuitAsync("/account");

        var answer = await circuit.CallDotNetAsync(assembly, method, reference, "[]");

        Assert.False(answer?.Succeeded);
        AssertNoTrace(circuit, answer);
        await AssertAliveAsync(circuit);
    }

    [Fact]
    public async Task Connect_WithAStolenSecretUnderAnotherUser_IsRefusedAndTheOwnerGoesOn()
    {
        using var victim = await SessionAsync("victim", StandardRoles.Administrator);
        using var thief = await SessionAsync("thief", StandardRoles.Dispatcher);
        await using var circuit = await victim.OpenCircuitAsync("/users");
        await using var stolen = await CircuitClient.ConnectAsync(app.Address, thief.Cookies);
        await using var anonymous = await CircuitClient.ConnectAsync(app.Address);

        Assert.Equal(false, await stolen.InvokeAsync("ConnectCircuit", circuit.Secret));
        Assert.Equal(false, await anonymous.InvokeAsync("ConnectCircuit", circuit.Secret));
        Assert.Null(await stolen.InvokeAsync("ResumeCircuit", circuit.Secret, app.Address.ToString(), app.Address.ToString(), "[]", ""));

        await AssertAliveAsync(circuit);
        Assert.Equal((0, 0), (stolen.Batches, anonymous.Batches));
        circuit.Cut();
        await using var again = await CircuitClient.ConnectAsync(app.Address, victim.Cookies);
        Assert.Equal(true, await again.InvokeAsync("ConnectCircuit", circuit.Secret));
    }

    [Fact]
    public async Task Circuit_ThatItsPageEnds_IsForgotten()
    {
        var owners = app.Services.GetRequiredService<CircuitOwners>();
        using var session = await SessionAsync("leaver", StandardRoles.Administrator);
        var before = owners.Count;
        await using var circuit = await session.OpenCircuitAsync("/users");
        Assert.Equal(before + 1, owners.Count);

        // the connection may be gone before the page's last word arrives
        circuit.Cut();
        using var told = await session.Http.PostAsync("/_blazor/disconnect", new MultipartFormDataContent { { new StringContent(circuit.Secret!), "circuitId" } });

        Assert.True(told.IsSuccessStatusCode);
        await Wait.UntilAsync(() => owners.Count == before, "the end of the circuit");
    }

    [Fact]
    public async Task Start_WithoutASignIn_IsRefused()
    {
        await using var client = await CircuitClient.ConnectAsync(app.Address);

        await client.StartAsync(new(app.Address, [], ""));

        Assert.Null(client.Secret);
        await client.Ended;
    }

    [Theory]
    [InlineData("http://elsewhere.example")]
    [InlineData("http://127.0.0.1.elsewhere.example")]
    [InlineData("null")]
    public async Task Connect_FromAnotherSite_IsRefused(string origin)
    {
        using var session = await SessionAsync($"lured-{origin.GetHashCode()}", StandardRoles.Administrator);

        await Assert.ThrowsAsync<WebSocketException>(() => CircuitClient.ConnectAsync(app.Address, session.Cookies, origin));
        await using var own = await CircuitClient.ConnectAsync(app.Address, session.Cookies, app.Address.GetLeftPart(UriPartial.Authority));
    }

    [Fact]
    public async Task Open_AThousandCircuitsAsOneUser_IsBoundedAndOthersAreServed()
    {
        using var greedy = await SessionAsync("greedy", StandardRoles.Dispatcher);
        using var other = await SessionAsync("modest", StandardRoles.Dispatcher);
        using var circuits = new CircuitCount(app.Services);
        var page = await CircuitPage.GetAsync(greedy.Http, "/account");
        var opened = new System.Collections.Concurrent.ConcurrentBag<CircuitClient>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (_, _) =>
        {
            try
            {
                var client = await CircuitClient.ConnectAsync(page.Address, greedy.Cookies, keepElements: false);
                opened.Add(client);
                await client.StartAsync(page);
            }
            catch (WebSocketException)
            {
                // refused at the door
            }
        });

        await Wait.UntilAsync(() => circuits.Active <= Sessions.CircuitsPerUser, "the circuits beyond the limit to be gone");
        Assert.True(circuits.Active > 0);
        await using (var served = await other.OpenCircuitAsync("/account")) await AssertAliveAsync(served);
        foreach (var client in opened) await client.DisposeAsync();
    }

    [Fact]
    public async Task Message_Over32Kilobytes_EndsOnlyItsOwnConnection()
    {
        using var attacker = await SessionAsync("shouter", StandardRoles.Dispatcher);
        using var neighbour = await SessionAsync("listener", StandardRoles.Dispatcher);
        await using var loud = await attacker.OpenCircuitAsync("/account");
        await using var other = await neighbour.OpenCircuitAsync("/account");

        loud.Send("BeginInvokeDotNetFromJS", "1", null, "DispatchEventAsync", 1, $"[\"{new string('x', 40_000)}\"]");

        await loud.Ended;
        AssertNoTrace(loud, null);
        await AssertAliveAsync(other);
    }

    [Theory]
    [InlineData("/users?text=%00")]
    [InlineData("/users?text=%27%3B%20drop%20table%20core.audit%3B--")]
    [InlineData("/users?page=2147483647")]
    [InlineData("/users?page=-7")]
    [InlineData("/users?user=none")]
    [InlineData("/users?sort=name%3B%20delete%20from%20core.audit")]
    [InlineData("/audit?kind=%27%20or%201%3D1--")]
    [InlineData("/audit?kind=%00&who=%00&day=%00")]
    [InlineData("/audit?before=later")]
    [InlineData("/roles?sort=1%3Bselect%20pg_sleep(9)")]
    [InlineData("/vehicles?sort=plate%3B%20drop%20table%20core.audit&desc=true&text=%27%20or%201%3D1--&class=none&onShift=perhaps")]
    [InlineData("/drivers?sort=name%20desc%2C%20(select%20pg_sleep(9))&text=%25%00&page=-9")]
    [InlineData("/devices?text=%27%3B%20drop%20table%20core.audit%3B--&page=2147483647")]
    [InlineData("/shifts?week=%27%20or%201%3D1--&driver=none")]
    [InlineData("/reports/drivers?sort=worked%3B%20delete%20from%20core.audit&unit=%27&from=never&driver=none&page=-1")]
    [InlineData("/trips?sort=number%3B%20delete%20from%20core.audit&state=%27%20or%20true--&q=%00%27&from=later&page=-3")]
    [InlineData("/board?view=%27%3B--&q=%25%27%00&state=none%3B%20drop%20table%20core.audit&trip=none")]
    public async Task Page_WithAHostileQuery_StaysAlive(string path)
    {
        using var session = await SessionAsync($"asker-{path.GetHashCode()}", StandardRoles.Administrator);
        await using var circuit = await session.OpenCircuitAsync(path);

        await circuit.ElementAsync(e => e.Attributes.GetValueOrDefault("data-ready") == "yes");

        AssertNoTrace(circuit, null);
        await AssertAliveAsync(circuit);
        Assert.True(await CountAsync("select count(*) from core.audit") > 0);
    }

    /// <summary>Attack 24 on what is downloaded.</summary>
    [Theory]
    [InlineData("/export/vehicles.csv?sort=plate%3B%20drop%20table%20core.audit&text=%27%20or%201%3D1--")]
    [InlineData("/export/drivers.csv?sort=(select%20pg_sleep(9))&text=%00")]
    [InlineData("/export/driver-report.csv?sort=1%3B%20delete%20from%20core.audit&unit=%27")]
    [InlineData("/export/trips.xlsx?sort=number%3B%20delete%20from%20core.audit&state=%27%20or%20true--")]
    public async Task Export_WithAHostileQuery_ChangesNothing(string path)
    {
        using var session = await SessionAsync($"loader-{path.GetHashCode()}", StandardRoles.Administrator);
        var before = await CountAsync("select count(*) from core.audit");

        using var answer = await session.Http.GetAsync(path);

        Assert.InRange((int)answer.StatusCode, 200, 499);
        Assert.DoesNotContain("   at ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await CountAsync("select count(*) from core.audit") >= before);
    }

    [Fact]
    public async Task Page_OpenedWithoutTheRight_IsRefusedAndNotedWithWhoAndFromWhere()
    {
        using var session = await SessionAsync("curious", StandardRoles.Dispatcher);
        await using var circuit = await session.OpenCircuitAsync("/roles");

        await circuit.ElementAsync(e => e.Attributes.GetValueOrDefault("role") == "alert");

        await Wait.UntilAsync(async () => await CountAsync("""
            select count(*) from core.audit
            where action = 'event' and user_name = 'curious' and origin like '%127.0.0.1' and after->>'What' = 'refused' and after->>'About' = 'identity.role.manage'
            """) == 1, "the refusal in the audit");
    }

    [Fact]
    public async Task Submit_FiftyTimesByForgedRepeats_HasOneEffect()
    {
        using var session = await SessionAsync("repeater", StandardRoles.Administrator);
        await app.AddUserAsync("target", StandardRoles.Driver);
        var target = await ScalarAsync<Guid>("select id from identity.portal_user where user_name = 'target'");
        await using var circuit = await session.OpenCircuitAsync($"/users?user={target}");
        var block = await circuit.ElementAsync(e => e.Name == "button" && e.Attributes.GetValueOrDefault("class") == "danger");

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => circuit.RaiseAsync(block.Handlers["onclick"], "click")));

        Assert.Equal(1, await CountAsync($"select count(*) from core.audit where object_id = '{target}' and user_name = 'repeater' and after->>'Blocked' = 'true'"));
    }

    private async Task<WebSession> SessionAsync(string name, string role)
    {
        await app.AddUserAsync(name, role);
        return await app.OpenSessionAsync(name);
    }

    /// <summary>The help button answers: a click brings the next render.</summary>
    private static async Task AssertAliveAsync(CircuitClient circuit)
    {
        var help = await circuit.ElementAsync(e => e.Attributes.GetValueOrDefault("aria-keyshortcuts") == "Shift+?" && e.Handlers.ContainsKey("onclick"));
        var before = circuit.Batches;
        Assert.True((await circuit.RaiseAsync(help.Handlers["onclick"], "click"))?.Succeeded);
        await Wait.UntilAsync(() => circuit.Batches > before, "the next render");
    }

    private static void AssertNoTrace(CircuitClient circuit, DotNetAnswer? answer) =>
        Check.None(circuit.Errors.Append(answer?.Result ?? "").Where(said => said.Contains("   at ") || said.Contains(".cs:") || said.Contains("Npgsql")));

    private Task<long> CountAsync(string sql) => ScalarAsync<long>(sql);

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = app.Database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
