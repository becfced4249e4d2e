using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;

namespace Portal.Tests.Work;

/// <summary>Processes over REST, by token.</summary>
public sealed class ProcessApiTests(InboxApp app) : IClassFixture<InboxApp>
{
    private async Task<HttpClient> ClientAsync(string user)
    {
        var secret = await app.Services.GetRequiredService<ApiTokens>().IssueAsync("test", 30, await app.ActorAsync(user));
        var client = app.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    /// <summary>A program whose user may tell processes what happened elsewhere.</summary>
    private async Task<HttpClient> TellerAsync(string user)
    {
        await app.AddUserAsync(user, "administrator");
        return await ClientAsync(user);
    }

    private static async Task<(HttpStatusCode Status, JsonElement? Body)> PostAsync(HttpClient client, string path, string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length > 0 && text[0] == '{' ? JsonSerializer.Deserialize<JsonElement>(text) : null);
    }

    private string About => $$$"""{"about":{"kind":"Partner","id":"{{{app.Client.Id}}}"},"variables":{}}""";

    private const string Need = """{"values":{"need":"Shelves","madeToOrder":false,"worthwhile":true,"wantedDate":"2026-05-01"}}""";

    [Fact]
    public async Task Start_Repeated_GivesTheSameInstance()
    {
        using var client = await ClientAsync("sales");

        var first = await PostAsync(client, "/api/v1/processes/Sale/instances", About, "start-1");
        var second = await PostAsync(client, "/api/v1/processes/Sale/instances", About, "start-1");
        var other = await PostAsync(client, "/api/v1/processes/Claim/instances", About, "start-1");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.Status, second.Status));
        var instance = first.Body!.Value.GetProperty("instance").GetGuid();
        Assert.Equal(instance, second.Body!.Value.GetProperty("instance").GetGuid());
        Assert.Equal((HttpStatusCode.Conflict, "command.key-reused"), (other.Status, other.Body!.Value.GetProperty("code").GetString()));
        await using var db = app.Open();
        Assert.True(await db.Set<InstanceRow>().AnyAsync(i => i.Id == new Domain.Processes.InstanceId(instance)));
    }

    [Theory]
    [InlineData("Partner")]
    [InlineData("Trip")]
    [InlineData("User")]
    public async Task Start_AboutWhatIsNotThere_IsRefusedAndStartsNothing(string kind)
    {
        using var client = await ClientAsync("sales");
        var id = kind == "User" ? (await app.ActorAsync("sales")).UserId : Guid.CreateVersion7();

        var answer = await PostAsync(client, "/api/v1/processes/Sale/instances", $$$"""{"about":{"kind":"{{{kind}}}","id":"{{{id}}}"}}""", $"about-{kind}");

        Assert.Equal((HttpStatusCode.NotFound, "process.about-unknown"), (answer.Status, answer.Body!.Value.GetProperty("code").GetString()));
        await using var db = app.Open();
        Assert.False(await db.Set<InstanceRow>().AnyAsync(i => i.BusinessId == id));
    }

    [Fact]
    public async Task Start_TakesTheStartsForm_DatesAsTexts_AndRefusesAWrongTypeByTheFieldsName()
    {
        using var client = await ClientAsync("sales");
        using var answer = await client.GetAsync("/api/v1/processes");
        var sale = (await answer.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Single(p => p.GetProperty("map").GetString() == "Sale");

        var wrong = await PostAsync(client, "/api/v1/processes/Sale/instances", """{"variables":{"wantedDate":"soon"}}""", "form-1");
        var right = await PostAsync(client, "/api/v1/processes/Sale/instances", """{"variables":{"wantedDate":"2026-05-01"}}""", "form-2");
        var stranger = await PostAsync(client, "/api/v1/processes/Sale/instances", """{"variables":{"approved":true}}""", "form-3");

        Assert.Equal(["need", "wantedDate"], sale.GetProperty("form").EnumerateArray().Select(f => f.GetProperty("key").GetString()));
        Assert.Equal((HttpStatusCode.BadRequest, "process.field-type"), (wrong.Status, wrong.Body!.Value.GetProperty("code").GetString()));
        Assert.Contains("Wanted by", wrong.Body!.Value.GetProperty("text").GetString());
        var variables = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/instances/{right.Body!.Value.GetProperty("instance").GetGuid()}")).GetProperty("variables");
        Assert.Equal("2026-05-01", variables.GetProperty("wantedDate").GetProperty("@date").GetString());
        Assert.Equal((HttpStatusCode.BadRequest, "process.field-unknown"), (stranger.Status, stranger.Body!.Value.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Refusal_IsToldInTheLanguageOfTheTokensUser()
    {
        await app.AddUserAsync("svetlana", "sales");
        await using (var command = app.Database.Owner.CreateCommand("update identity.portal_user set culture = 'ru' where user_name = 'svetlana'")) await command.ExecuteNonQueryAsync();
        using var client = await ClientAsync("svetlana");

        var refusal = await PostAsync(client, "/api/v1/processes/Sale/instances", """{"variables":{"approved":true}}""", "words-1");

        Assert.EndsWith("в форме нет поля approved.", refusal.Body!.Value.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_Repeated_HasOneEffectAndOneAnswer()
    {
        using var client = await ClientAsync("sales");
        var task = await app.TaskAsync(await app.SaleAsync());

        var first = await PostAsync(client, $"/api/v1/tasks/{task.Id.Value}/completion", Need, "complete-1");
        var again = await PostAsync(client, $"/api/v1/tasks/{task.Id.Value}/completion", Need, "complete-1");
        var late = await PostAsync(client, $"/api/v1/tasks/{task.Id.Value}/completion", Need, "complete-2");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (first.Status, again.Status));
        Assert.Equal((HttpStatusCode.Conflict, "process.task-closed-by"), (late.Status, late.Body!.Value.GetProperty("code").GetString()));
        Assert.Equal("offer", (await app.TaskAsync(task.Instance, "offer")).Node);
    }

    [Fact]
    public async Task Complete_OfAnothersTask_IsRefusedAndLeavesIt_AndAStrangerDoesNotLearnOfIt()
    {
        using var client = await ClientAsync("sales-head");
        using var stranger = await ClientAsync("technologist");
        var task = await app.TaskAsync(await app.SaleAsync());

        var answer = await PostAsync(client, $"/api/v1/tasks/{task.Id.Value}/completion", Need, "foreign-1");
        var hidden = await PostAsync(stranger, $"/api/v1/tasks/{task.Id.Value}/completion", Need, "foreign-2");

        Assert.Equal((HttpStatusCode.NotFound, "process.task-unknown"), (hidden.Status, hidden.Body!.Value.GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/api/v1/instances/{task.Instance.Value}")).StatusCode);
        Assert.Equal((HttpStatusCode.Forbidden, "process.task-not-yours"), (answer.Status, answer.Body!.Value.GetProperty("code").GetString()));
        Assert.Null((await app.ReadAsync(task.Id)).ClosedAt);
    }

    [Theory]
    [InlineData("""{"values":{"need":"Shelves","madeToOrder":"maybe","worthwhile":true}}""", "process.field-type")]
    [InlineData("""{"values":{"need":"Shelves"}}""", "process.field-missing")]
    [InlineData("""{"values":{"need":"Shelves","madeToOrder":false,"worthwhile":true,"owner":"me"}}""", "process.field-unknown")]
    [InlineData("""{"values":""", "api.body")]
    [InlineData("""{"values":[1]}""", "api.body")]
    [InlineData("""{"values":{"note":"a\u0000b"}}""", "api.body")]
    public async Task Complete_WithWrongValues_IsRefusedAndLeavesTheTask(string body, string code)
    {
        using var client = await ClientAsync("sales");
        var task = await app.TaskAsync(await app.SaleAsync());

        var answer = await PostAsync(client, $"/api/v1/tasks/{task.Id.Value}/completion", body, Guid.NewGuid().ToString());

        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Body!.Value.GetProperty("code").GetString()));
        Assert.Null((await app.ReadAsync(task.Id)).ClosedAt);
    }

    [Fact]
    public async Task Command_WithoutAKey_OrWithAHugeBody_IsRefused()
    {
        using var client = await ClientAsync("sales");

        var keyless = await PostAsync(client, "/api/v1/processes/Sale/instances", About, null);
        var huge = await PostAsync(client, "/api/v1/processes/Sale/instances", $$$"""{"variables":{"text":"{{{new string('x', 200_000)}}}"}}""", "huge-1");

        Assert.Equal((HttpStatusCode.BadRequest, "api.key-missing"), (keyless.Status, keyless.Body!.Value.GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, huge.Status);
    }

    [Fact]
    public async Task Token_RevokedOrUnknown_IsRefused()
    {
        using var client = await ClientAsync("legal");
        var tokens = app.Services.GetRequiredService<ApiTokens>();
        var actor = await app.ActorAsync("legal");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/tasks")).StatusCode);
        var line = Assert.Single(await tokens.ListAsync(actor));
        Assert.NotNull(line.LastUsedAt);

        await tokens.RevokeAsync(line.Id, actor);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/tasks")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", ApiTokens.Prefix + new string('a', 43));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/tasks")).StatusCode);
    }

    [Fact]
    public async Task Token_OfAnother_CannotBeRevoked()
    {
        using var client = await ClientAsync("quality");
        var tokens = app.Services.GetRequiredService<ApiTokens>();
        var line = (await tokens.ListAsync(await app.ActorAsync("quality")))[0];

        Assert.Equal("token.unknown", (await Dispatch.Orders.RefusalOfAsync(async () => await tokens.RevokeAsync(line.Id, await app.ActorAsync("sales")))).Code);
    }

    [Fact]
    public async Task Cookie_DoesNotOpenTheInterface()
    {
        using var session = await app.OpenSessionAsync("sales");

        Assert.Equal(HttpStatusCode.Unauthorized, (await session.Http.GetAsync("/api/v1/tasks")).StatusCode);
    }

    [Fact]
    public async Task Message_Repeated_GivesTheSameAnswer()
    {
        using var client = await TellerAsync("bank");
        var body = """{"name":"nobody.waits.for.this","key":"k","payload":{}}""";

        var first = await PostAsync(client, "/api/v1/messages", body, "message-1");
        var second = await PostAsync(client, "/api/v1/messages", body, "message-1");

        Assert.Equal((HttpStatusCode.OK, "Buffered"), (first.Status, first.Body!.Value.GetProperty("outcome").GetString()));
        Assert.Equal(first.Body!.Value.ToString(), second.Body!.Value.ToString());
    }

    [Fact]
    public async Task Message_ThatWouldStartAboutWhatIsNotThere_IsRefusedAndStartsNothing()
    {
        using var client = await TellerAsync("shop");
        var id = Guid.CreateVersion7();

        var answer = await PostAsync(client, "/api/v1/messages", $$$"""{"name":"claims.claim.registered","key":"Partner:{{{id}}}","payload":{}}""", "message-unknown");

        Assert.Equal((HttpStatusCode.NotFound, "process.about-unknown"), (answer.Status, answer.Body!.Value.GetProperty("code").GetString()));
        await using var db = app.Open();
        Assert.False(await db.Set<InstanceRow>().AnyAsync(i => i.BusinessId == id));
    }

    [Fact]
    public async Task Message_OfWhoMayOnlyStartProcesses_IsRefused()
    {
        using var client = await ClientAsync("sales");
        var sale = (await PostAsync(client, "/api/v1/processes/Sale/instances", About, "told-start")).Body!.Value.GetProperty("instance").GetGuid();

        var answer = await PostAsync(client, "/api/v1/messages", $$$"""{"name":"orders.payment.received","instance":"{{{sale}}}","payload":{"amount":1,"contractNumber":"FAKE"}}""", "told-1");

        Assert.Equal((HttpStatusCode.Forbidden, "identity.not-allowed"), (answer.Status, answer.Body!.Value.GetProperty("code").GetString()));
    }

    /// <summary>The clerk has the task, and yet may not rewrite what others have put in.</summary>
    [Fact]
    public async Task Completion_OfATaskWithoutAForm_WithValues_IsRefused()
    {
        using var client = await ClientAsync("finance");
        var map = $"""<startEvent id="s"/><userTask id="collect" name="Collect"><extensionElements><portal:assignment candidateRoles="finance"/></extensionElements></userTask><endEvent id="e"/>{Workflows.Engine.Bpmn.Flows("s-collect; collect-e")}""";
        var (library, analyst) = (app.Services.GetRequiredService<MapLibrary>(), Processes.ProcessOffice.Person(Guid.CreateVersion7(), "Ada Chart", "analyst"));
        var draft = await library.SaveDraftAsync(Workflows.Engine.Bpmn.File(map, "collecting"), null, analyst, default);
        await library.PublishAsync("collecting", draft.Revision, analyst, default);
        var id = await app.Runner.StartAsync("collecting", app.Client, global::Portal.Workflows.Expressions.ContextValue.Of(("allowed", global::Portal.Workflows.Expressions.Value.False)), await app.ActorAsync("finance"));
        var task = await app.TaskAsync(id, "collect");

        var answer = await PostAsync(client, $"/api/v1/tasks/{task.Id.Value}/completion", """{"values":{"allowed":true}}""", "collect-1");

        Assert.Equal((HttpStatusCode.BadRequest, "process.field-unknown"), (answer.Status, answer.Body!.Value.GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(client, $"/api/v1/tasks/{task.Id.Value}/completion", "{}", "collect-2")).Status);
    }

    [Fact]
    public async Task Variables_OfNull_AreLeftOut()
    {
        using var client = await ClientAsync("sales");

        var answer = await PostAsync(client, "/api/v1/processes/Sale/instances", About.Replace("{}}", "null}", StringComparison.Ordinal), "null-1");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
    }

    [Fact]
    public async Task Failure_IsToldAsJson_WithoutWhatBroke()
    {
        using var client = await ClientAsync("sales");
        await ExecuteAsync("alter table process.task rename to task_away");
        try
        {
            using var answer = await client.GetAsync("/api/v1/tasks");

            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((HttpStatusCode.InternalServerError, "api.failed"), (answer.StatusCode, body.GetProperty("code").GetString()));
            Assert.Equal(["code", "text"], body.EnumerateObject().Select(p => p.Name));
            Assert.NotEqual("rule.api.failed", body.GetProperty("text").GetString());
        }
        finally
        {
            await ExecuteAsync("alter table process.task_away rename to task");
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = app.Database.Owner.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task TaskAndInstance_AreRead()
    {
        using var client = await ClientAsync("sales");
        var task = await app.TaskAsync(await app.SaleAsync());

        await using (var db = app.Open())
        {
            db.Add(new IncidentRow { Id = new(Guid.CreateVersion7()), Instance = task.Instance, Node = "need", Code = "process.job-failed", Message = "The mail was refused", RaisedAt = app.Now });
            await db.SaveChangesAsync();
        }

        var read = await client.GetFromJsonAsync<JsonElement>($"/api/v1/tasks/{task.Id.Value}");
        var instance = await client.GetFromJsonAsync<JsonElement>($"/api/v1/instances/{task.Instance.Value}");

        Assert.Contains("worthwhile", read.GetProperty("form").EnumerateArray().Select(f => f.GetProperty("key").GetString()));
        Assert.Equal(("Running", "need"), (instance.GetProperty("status").GetString(), instance.GetProperty("places")[0].GetProperty("node").GetString()));
        Assert.Equal("The mail was refused", Assert.Single(instance.GetProperty("incidents").EnumerateArray()).GetProperty("message").GetString());
    }

    [Fact]
    public async Task Description_NamesEveryPath()
    {
        using var session = await app.OpenSessionAsync("sales");

        var description = await session.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        Assert.Equal(
            ["/api/v1/instances/{id}", "/api/v1/leads", "/api/v1/leads/{id}", "/api/v1/messages", "/api/v1/processes", "/api/v1/processes/{map}/instances", "/api/v1/sales/funnel", "/api/v1/tasks", "/api/v1/tasks/{id}", "/api/v1/tasks/{id}/completion"],
            description.GetProperty("paths").EnumerateObject().Select(p => p.Name).Order());
    }

    [Fact]
    public async Task Description_IsReadByAToken_AndTellsHowToSendOne()
    {
        using var client = await ClientAsync("sales");

        var description = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        Assert.Equal("Portal", description.GetProperty("info").GetProperty("title").GetString());
        Assert.Equal("bearer", Assert.Single(description.GetProperty("components").GetProperty("securitySchemes").EnumerateObject()).Value.GetProperty("scheme").GetString());
        Assert.Single(description.GetProperty("security").EnumerateArray());
        var parameters = description.GetProperty("paths").GetProperty("/api/v1/messages").GetProperty("post").GetProperty("parameters").EnumerateArray();
        Assert.True(Assert.Single(parameters, p => p.GetProperty("name").GetString() == "Idempotency-Key").GetProperty("required").GetBoolean());
    }

    /// <summary>A burst of 120 passes; what is beyond it is told when to come again, and another token is not held up by it.</summary>
    [Fact]
    public async Task Token_OverItsLimit_IsToldWhenToComeAgain()
    {
        using var client = await ClientAsync("quality");
        using var other = await ClientAsync("quality");

        // however slow the machine: it answers faster than the limit refills
        var answers = new List<HttpResponseMessage>();
        while (answers.TrueForAll(a => a.StatusCode == HttpStatusCode.OK) && answers.Count < 5000)
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.GetAsync("/api/v1/tasks"))));
        using var calm = await other.GetAsync("/api/v1/tasks");

        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.InRange(answers.Count(a => a.StatusCode == HttpStatusCode.OK), 120, 4999);
        Assert.NotEmpty(refused);
        foreach (var answer in refused)
        {
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10);
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("api.too-many", body.GetProperty("code").GetString());
            Assert.NotEqual("rule.api.too-many", body.GetProperty("text").GetString());
        }
        Assert.Equal(HttpStatusCode.OK, calm.StatusCode);
        foreach (var answer in answers) answer.Dispose();
    }
}
