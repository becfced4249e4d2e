using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Tests.Sales.Leads;

/// <summary>Leads over REST, by token.</summary>
public sealed class LeadApiTests(PortalApp app) : IClassFixture<PortalApp>
{
    private async Task<HttpClient> ClientAsync(string user, string role)
    {
        await app.AddUserAsync(user, role);
        await using var db = app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext();
        var actor = (await app.Services.GetRequiredService<UserRights>().FindAsync(await db.Set<PortalUser>().Where(u => u.UserName == user).Select(u => u.Id).SingleAsync(), default))!;
        var client = new HttpClient { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await app.Services.GetRequiredService<ApiTokens>().IssueAsync("test", 30, actor));
        return client;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(HttpClient client, string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/leads") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Post_Repeated_GivesTheSameLead_WhichIsListedAndRead()
    {
        using var client = await ClientAsync("program", "sales-head");
        const string body = """{"subject":"Forty shelves","text":"What is the price?","name":"Ada Lark","phone":"+40 722 900 001","stream":"event","source":"exhibition"}""";

        var first = await PostAsync(client, body, "lead-1");
        var second = await PostAsync(client, body, "lead-1");
        var other = await PostAsync(client, body.Replace("Forty", "Fifty"), "lead-1");
        var joined = await PostAsync(client, """{"subject":"And again","mail":"ada@lark.example","phone":"0722900001"}""", "lead-2");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Conflict), (first.Status, second.Status, other.Status));
        var id = first.Body.GetProperty("id").GetGuid();
        Assert.Equal((id, id), (second.Body.GetProperty("id").GetGuid(), joined.Body.GetProperty("id").GetGuid()));
        var lead = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync($"/api/v1/leads/{id}"));
        // what a second appeal says of its sender stays his words
        Assert.Equal(("Forty shelves", "Api", "event", "exhibition", 2, (string?)null), (
            lead.GetProperty("subject").GetString(), lead.GetProperty("channel").GetString(), lead.GetProperty("stream").GetString(), lead.GetProperty("source").GetString(), lead.GetProperty("appeals").GetInt32(), lead.GetProperty("mail").GetString()));
        Assert.Equal(["AskedPrice"], lead.GetProperty("signals").EnumerateArray().Select(s => s.GetString()));
        var page = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync("/api/v1/leads?stream=event&open=true"));
        Assert.Equal((1, id), (page.GetProperty("total").GetInt32(), page.GetProperty("rows")[0].GetProperty("id").GetGuid()));
        Assert.Contains("/api/v1/leads", await client.GetStringAsync("/openapi/v1.json"));
    }

    [Theory]
    [InlineData("""{"subject":"Nobody to reach"}""", "leads.contact-required")]
    [InlineData("""{"name":"Ada"}""", "text.required")]
    [InlineData("""{"subject":"A","name":"Ada","stream":"nowhere"}""", "leads.stream-unknown")]
    [InlineData("""{"subject":"A","name":"Ada","phone":"12"}""", "phone.too-short")]
    [InlineData("""{"subject":"A\u0000","name":"Ada"}""", "api.body")]
    [InlineData("not json", "api.body")]
    public async Task Post_OfWhatCannotBe_IsRefusedInWords(string body, string code)
    {
        using var client = await ClientAsync($"u{Guid.NewGuid():N}"[..12], "sales");

        var answer = await PostAsync(client, body, "bad");

        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Body.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Interface_AsksForAKey_ATokenAndTheRight()
    {
        using var client = await ClientAsync("keyless", "sales");
        using var stranger = new HttpClient { BaseAddress = app.Address };
        using var keeper = await ClientAsync("keeper", "warehouse");
        const string body = """{"subject":"A","name":"Ada"}""";

        Assert.Equal("api.key-missing", (await PostAsync(client, body, null)).Body.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/v1/leads")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(keeper, body, "k")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await keeper.GetAsync("/api/v1/leads")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/api/v1/leads/{Guid.NewGuid()}")).StatusCode);
    }
}
