using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Processes;
using Portal.Domain.Work;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Work;

/// <summary>The inbox in the browser.</summary>
public sealed class InboxTests(InboxApp app) : IClassFixture<InboxApp>
{
    private static readonly BrowserNewContextOptions Desktop = new() { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" };

    private static ILocator Field(BrowserWindow window, string label) => window.Page.Locator(".work-item").GetByLabel(label, new() { Exact = false }).First;

    private static Task YesAsync(BrowserWindow window, string legend, bool yes = true) =>
        window.Page.Locator($".work-item fieldset:has(legend:has-text('{legend}'))").GetByLabel(yes ? "Yes" : "No", new() { Exact = true }).CheckAsync();

    private static Task CompleteAsync(BrowserWindow window) => window.Page.GetByRole(AriaRole.Button, new() { Name = "Complete", Exact = true }).Last.ClickAsync();

    private async Task ClosedAsync(ProcessTaskId task) =>
        await Wait.UntilAsync(async () => (await app.ReadAsync(task)).ClosedAt is not null, "the task to be closed");

    [Fact]
    public async Task SentBack_SaysToWhichStep()
    {
        var sale = await app.SaleAsync();
        await app.Runner.CompleteAsync((await app.TaskAsync(sale, "need")).Id, ContextValue.Of([("need", Value.Of("Shelves")), ("madeToOrder", Value.False), ("worthwhile", Value.True)]), await app.ActorAsync("sales"));
        await using var window = await app.OpenInboxAsync("sales", $"?task={(await app.TaskAsync(sale, "offer")).Id.Value}");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Send back", Exact = true }).ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog, new() { Name = "Send back" });
        await dialog.GetByLabel("reason").FillAsync("the need has changed");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Send back" }).ClickAsync();

        await Assertions.Expect(window.Page.Locator(".toast").First).ToContainTextAsync("Sent back to “Find out the need”.");
        window.AssertClean();
    }

    [Fact]
    public async Task Sale_FromNeedToClosing_GoesThroughTheInboxesOfItsRoles()
    {
        var sale = await app.SaleAsync();
        var windows = new Dictionary<string, BrowserWindow>();

        async Task DoAsync(string role, string node, params (string Label, string Value)[] fields)
        {
            if (!windows.TryGetValue(role, out var window)) windows[role] = window = await app.OpenWindowAsync(role, Desktop);
            var task = await app.TaskAsync(sale, node);
            await window.GoToAsync($"/work?task={task.Id.Value}");
            await window.Page.Locator(".work-item h2").First.WaitForAsync();
            foreach (var (label, value) in fields)
                if (value is "yes" or "no") await YesAsync(window, label, value == "yes");
                else if (value.StartsWith('#')) await Field(window, label).SelectOptionAsync(value[1..]);
                else await Field(window, label).FillAsync(value);
            await CompleteAsync(window);
            await ClosedAsync(task.Id);
        }

        var map = (await app.Services.GetRequiredService<MapCache>().NewestAsync("Sale", default)).Process;
        string L(string node, string field) => map.Node(node).Work.Form.Single(f => f.Key == field).Label.Default;

        await DoAsync("sales", "need", (L("need", "need"), "Twelve shelves"), (L("need", "budget"), "18000"), (L("need", "madeToOrder"), "no"), (L("need", "worthwhile"), "yes"));
        await DoAsync("sales", "offer", (L("offer", "amount"), "16400.50"), (L("offer", "discount"), "3"), (L("offer", "deliveryDays"), "21"));
        await DoAsync("supply", "checkSupply");
        await DoAsync("sales-head", "approve", (L("approve", "approved"), "yes"));
        await DoAsync("sales", "negotiate", (L("negotiate", "answer"), "#accepted"));
        await DoAsync("legal", "draft", (L("draft", "contractNumber"), "C-1"));
        await DoAsync("sales", "sign", (L("sign", "signed"), "yes"));
        await DoAsync("finance", "invoice", (L("invoice", "invoiceNumber"), "P-1"), (L("invoice", "invoiceAmount"), "8200"));
        await DoAsync("finance", "pay", (L("pay", "paidAmount"), "8200"), (L("pay", "paidOn"), "2026-03-01"));
        await DoAsync("warehouse", "stock", (L("stock", "inStock"), "yes"));
        await DoAsync("warehouse", "reserve");
        await DoAsync("warehouse", "ship", (L("ship", "waybill"), "W-1"), (L("ship", "shippedOn"), "2026-03-02"));
        await DoAsync("sales", "receipt", (L("receipt", "complaint"), "no"));
        await DoAsync("finance", "balance");
        await DoAsync("sales", "close");

        await using var db = app.Open();
        Assert.Equal(global::Portal.Workflows.Engine.InstanceStatus.Completed, (await db.Set<InstanceRow>().SingleAsync(i => i.Id == sale)).Status);
        foreach (var window in windows.Values)
        {
            window.AssertClean();
            await window.DisposeAsync();
        }
    }

    [Fact]
    public async Task NewWork_ArrivesInASecondWindow_AndAClaimTakesItFromTheOther()
    {
        await using var first = await app.OpenInboxAsync("sales", "?group=offered", Desktop);
        await using var second = await app.OpenInboxAsync("second-sales", "?group=offered", Desktop);

        var sale = await app.SaleAsync();
        var task = await app.TaskAsync(sale);
        await first.Page.Locator(".work-row").First.WaitForAsync();
        await second.GoToAsync($"/work?group=offered&task={task.Id.Value}");
        await first.GoToAsync($"/work?group=offered&task={task.Id.Value}");
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Take it" }).ClickAsync();

        await Wait.UntilAsync(async () => (await app.ReadAsync(task.Id)).Assignee is not null, "the claim");
        await Assertions.Expect(first.Page.Locator(".work-item")).Not.ToContainTextAsync("Take it");
        await Assertions.Expect(second.Page.Locator(".work-item .work-line").First).ToContainTextAsync("second-sales");
        first.AssertClean();
        second.AssertClean();
    }

    [Fact]
    public async Task Form_WithWrongValues_SaysSoAtTheFieldsAndLeavesTheTask()
    {
        var task = await app.TaskAsync(await app.SaleAsync());
        await using var window = await app.OpenInboxAsync("sales", $"?task={task.Id.Value}", Desktop);

        await CompleteAsync(window);

        await Assertions.Expect(window.Page.Locator(".work-item .form-field .problem")).ToHaveCountAsync(3);
        Assert.Null((await app.ReadAsync(task.Id)).ClosedAt);
        window.AssertClean();
    }

    [Fact]
    public async Task Field_NeededByAnAnswer_IsStarredAndSaidAtTheField_AndNoLongerWhenTheAnswerChanges()
    {
        var sale = await app.SaleAsync();
        await app.Runner.CompleteAsync((await app.TaskAsync(sale)).Id, ContextValue.Of(("need", Value.Of("Shelves")), ("madeToOrder", Value.False), ("worthwhile", Value.True)), await app.ActorAsync("sales"));
        var task = await app.TaskAsync(sale, "offer");
        await using var window = await app.OpenInboxAsync("sales", $"?task={task.Id.Value}", Desktop);
        var days = window.Page.Locator(".work-item").GetByLabel("Delivery, days *", new() { Exact = true });

        await Assertions.Expect(days).ToBeVisibleAsync();
        await CompleteAsync(window);
        await Assertions.Expect(window.Page.Locator(".work-item .form-field .problem")).ToHaveCountAsync(1);
        await Assertions.Expect(days).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(days).ToBeFocusedAsync();

        await Field(window, "What next").SelectOptionAsync("withdrawn");
        await Assertions.Expect(days).ToHaveCountAsync(0);
        await CompleteAsync(window);
        await ClosedAsync(task.Id);
        window.AssertClean();
    }

    [Fact]
    public async Task Draft_StaysInTheBrowserOverAReload()
    {
        var task = await app.TaskAsync(await app.SaleAsync());
        await using var window = await app.OpenInboxAsync("sales", $"?task={task.Id.Value}", Desktop);
        var field = window.Page.Locator(".work-item .form-fields textarea").First;
        await field.FillAsync("Half a thought");
        await Wait.UntilAsync(async () => await window.Page.EvaluateAsync<bool>("() => Object.values(localStorage).some(v => v.includes('Half a thought'))"), "the draft to be kept");

        await window.Page.ReloadAsync();

        await Assertions.Expect(window.Page.Locator(".work-item .form-fields textarea").First).ToHaveValueAsync("Half a thought");
    }

    [Fact]
    public async Task Complete_OfATaskClosedByAnother_TellsWhoDidIt()
    {
        var sale = await app.SaleAsync();
        var task = await app.TaskAsync(sale);
        await using var window = await app.OpenInboxAsync("sales", $"?task={task.Id.Value}", Desktop);
        await window.Page.Locator(".work-item .form-fields").WaitForAsync();

        await app.Runner.CompleteAsync(task.Id, Needs(), await app.ActorAsync("second-sales"));

        await Assertions.Expect(window.Page.Locator(".work-item .work-note")).ToContainTextAsync("second-sales");
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Complete", Exact = true })).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task Claim_ByTwoAtOnce_GivesItToOneAndWordsToTheOther()
    {
        var task = await app.TaskAsync(await app.SaleAsync());
        var (one, two) = (await app.ActorAsync("sales"), await app.ActorAsync("second-sales"));

        var claims = await Task.WhenAll(new[] { one, two }.Select(async actor =>
        {
            try
            {
                await app.Desk.ClaimAsync(task.Id, actor);
                return null;
            }
            catch (Domain.Shared.RuleBrokenException refusal)
            {
                return refusal;
            }
        }));

        var refused = Assert.Single(claims, c => c is not null)!;
        var holder = (await app.ReadAsync(task.Id)).Assignee;
        Assert.Equal(("process.task-taken", holder == one.UserId ? "sales" : "second-sales"), (refused.Code, refused.Args[0]));
    }

    [Fact]
    public async Task Assignment_FromGivingToAcceptance_GoesThroughTwoInboxes()
    {
        await using var giver = await app.OpenInboxAsync("legal", "", Desktop);
        await giver.Page.GetByRole(AriaRole.Button, new() { Name = "New assignment" }).First.ClickAsync();
        var dialog = giver.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("What is to be done").FillAsync("Read the lease");
        await dialog.GetByLabel("Performer").SelectOptionAsync(new SelectOptionValue { Label = "quality" });
        await dialog.GetByLabel("By when").FillAsync("2099-05-01T10:00");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "New assignment" }).ClickAsync();
        await Wait.UntilAsync(async () =>
        {
            await using var db = app.Open();
            return await db.Set<Assignment>().AnyAsync(a => a.Title == "Read the lease" && a.Deadline == new DateTimeOffset(2099, 5, 1, 10, 0, 0, TimeSpan.Zero));
        }, "the assignment");

        await using var performer = await app.OpenInboxAsync("quality", "?group=mine", Desktop);
        await performer.Page.GetByRole(AriaRole.Button, new() { Name = "Read the lease" }).ClickAsync();
        await performer.Page.GetByRole(AriaRole.Button, new() { Name = "Report", Exact = true }).ClickAsync();
        await performer.Page.GetByRole(AriaRole.Dialog).Locator("textarea").FillAsync("Nothing unusual in it");
        await performer.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button).First.ClickAsync();
        await giver.GoToAsync("/work?group=mine");
        await giver.Page.GetByRole(AriaRole.Button, new() { Name = "Read the lease" }).ClickAsync();
        await Assertions.Expect(giver.Page.Locator(".work-item")).ToContainTextAsync("Nothing unusual in it");
        await giver.Page.GetByRole(AriaRole.Button, new() { Name = "Accept the result" }).ClickAsync();

        await Wait.UntilAsync(async () =>
        {
            await using var db = app.Open();
            return (await db.Set<Assignment>().SingleAsync(a => a.Title == "Read the lease")).State == AssignmentState.Done;
        }, "the acceptance");
        giver.AssertClean();
        performer.AssertClean();
    }

    [Fact]
    public async Task File_UploadedOnATask_IsDownloadedAsAnAttachment()
    {
        var task = await app.TaskAsync(await app.SaleAsync());
        await using var window = await app.OpenInboxAsync("sales", $"?task={task.Id.Value}", Desktop);

        await Assertions.Expect(window.Page.Locator(".upload input[type=file]")).ToBeEnabledAsync();
        await window.Page.Locator(".upload input[type=file]").SetInputFilesAsync(new FilePayload { Name = "plan.txt", MimeType = "text/html", Buffer = "the plan"u8.ToArray() });
        var link = window.Page.Locator(".talk-files a");
        await link.WaitForAsync();
        using var session = await app.OpenSessionAsync("sales");
        using var answer = await session.Http.GetAsync(await link.GetAttributeAsync("href"));

        Assert.Equal(("attachment", "plan.txt", "text/plain"), (answer.Content.Headers.ContentDisposition?.DispositionType, answer.Content.Headers.ContentDisposition?.FileName, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("sandbox; default-src 'none'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.True(answer.Headers.CacheControl is { NoStore: true, Private: true });
        window.AssertClean();
    }

    [Fact]
    public async Task Token_IsRevokedOnlyAfterAQuestion()
    {
        var tokens = app.Services.GetRequiredService<ApiTokens>();
        var owner = await app.ActorAsync("technologist");
        await tokens.IssueAsync("Shop", 30, owner);
        await using var window = await app.OpenWindowAsync("technologist", Desktop);
        await window.GoToAsync("/account/tokens");
        var question = window.Page.GetByRole(AriaRole.Alertdialog, new() { Name = "Revoke the token “Shop”?" });

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(question).ToHaveCountAsync(0);
        Assert.Single(await tokens.ListAsync(owner));
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();

        await Assertions.Expect(window.Page.GetByText("No tokens yet.")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task AssignmentHistory_KeepsTheTimeApartFromTheName()
    {
        var legal = await app.ActorAsync("legal");
        var id = AssignmentId.New();
        await app.Services.GetRequiredService<AssignmentDesk>().GiveAsync(id, new() { Title = "Count the chairs", Performer = (await app.ActorAsync("quality")).UserId }, legal);
        await using var window = await app.OpenInboxAsync("legal", $"?group=given&assignment={id.Value}", Desktop);

        var gap = await window.Page.Locator(".assignment-history li").First.EvaluateAsync<double>("line => line.querySelector('b').getBoundingClientRect().left - line.querySelector('time').getBoundingClientRect().right");

        Assert.True(gap >= 4, $"{gap} px between time and name");
    }

    [Fact]
    public async Task OwnProcesses_AreOneClickFromTheInbox()
    {
        var sale = await app.Runner.StartAsync("Sale", app.Client, ContextValue.Empty, await app.ActorAsync("supply"));
        await using var window = await app.OpenInboxAsync("supply", "", Desktop);
        var link = window.Page.GetByRole(AriaRole.Link, new() { Name = "My processes" });

        await Assertions.Expect(link.Locator("b")).ToHaveTextAsync("1");
        await link.ClickAsync();

        await Assertions.Expect(window.Page.Locator("tbody a")).ToHaveAttributeAsync("href", $"/instances/{sale.Value}");
        await window.ShootAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Escalated_ComesLiveIntoItsGroup_AndIsPassedOnThere()
    {
        var task = await app.TaskAsync(await app.SaleAsync());
        await using var window = await app.OpenInboxAsync("sales-head", "?group=escalated", Desktop);
        await using (var late = app.Database.Owner.CreateCommand("update process.task set due = now() - interval '1 hour', escalated_at = now() where id = $1"))
        {
            late.Parameters.Add(new() { Value = task.Id.Value });
            await late.ExecuteNonQueryAsync();
        }
        app.Services.GetRequiredService<Infrastructure.Database.LiveChanges>().Publish([new(new(Domain.Shared.ObjectKind.ProcessTask, task.Id.Value), null, Guid.Empty, "test")]);

        await window.Page.Locator(".work-row").First.ClickAsync();
        await Assertions.Expect(window.Page.Locator(".work-item")).ToContainTextAsync("It is late, and the map tells you.");
        await Assertions.Expect(window.Page.Locator(".work-item").GetByRole(AriaRole.Button, new() { Name = "Complete", Exact = true })).ToHaveCountAsync(0);
        await window.ShootAsync();
        await window.Page.Locator(".work-item").GetByRole(AriaRole.Button, new() { Name = "Delegate" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Option, new() { Name = "second-sales" }).ClickAsync();

        var second = (await app.ActorAsync("second-sales")).UserId;
        await Wait.UntilAsync(async () => (await app.ReadAsync(task.Id)).Assignee == second, "the task to be passed on");
        window.AssertClean();
    }

    [Fact]
    public async Task Upload_WithoutTheToken_IsRefused()
    {
        var task = await app.TaskAsync(await app.SaleAsync());
        using var session = await app.OpenSessionAsync("sales");

        using var answer = await session.Http.PostAsync($"/files?kind=ProcessTask&id={task.Id.Value}&name=a.txt", new ByteArrayContent("x"u8.ToArray()));

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await app.Services.GetRequiredService<Attachments>().OfAsync(new(Domain.Shared.ObjectKind.ProcessTask, task.Id.Value), await app.ActorAsync("sales")));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Inbox_HasNoSeriousAccessibilityFinding(ColorScheme scheme, int width)
    {
        for (var i = 0; i < 3; i++) await app.SaleAsync();
        var task = await app.TaskAsync(await app.SaleAsync());
        await using var window = await app.OpenInboxAsync("sales", $"?group=offered&task={task.Id.Value}", new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme, Locale = "en-GB" });
        await window.Page.Locator(".work-item h2").First.WaitForAsync();
        await window.Page.Locator(".djs-container").First.WaitForAsync();

        await window.ShootAsync($"{scheme}-{width}");
        Check.None(await window.SeriousFindingsAsync());
        window.AssertClean();
    }

    [Fact]
    public async Task Substitute_SeesAndDoesTheWorkOfTheAbsent_AndNoLonger()
    {
        var task = await app.TaskAsync(await app.SaleAsync());
        var (absent, substitute) = (await app.ActorAsync("sales"), await app.ActorAsync("customer-service"));
        await app.Desk.ClaimAsync(task.Id, absent);
        var query = app.Services.GetRequiredService<MyWorkQuery>();
        async Task<bool> SeesAsync() => (await query.PageAsync(WorkGroup.Mine, null, new(0, 500), substitute)).Rows.Any(r => r.Object.Id == task.Id.Value);
        Assert.False(await SeesAsync());

        var agreed = await app.Desk.SubstituteAsync(absent.UserId, substitute.UserId, app.Now.AddHours(-1), app.Now.AddDays(1), absent);
        Assert.True(await SeesAsync());
        await app.Desk.EndSubstitutionAsync(agreed, absent);

        Assert.False(await SeesAsync());
    }

    /// <summary>A day that nobody can mean is refused in words, and after one substitute is agreed on the form asks for the next.</summary>
    [Fact]
    public async Task Absence_RefusesImpossibleYears_AndBeginsAnewAfterEach()
    {
        var mate = (await app.ActorAsync("second-sales")).UserId;
        await using var window = await app.OpenWindowAsync("sales", Desktop);
        await window.GoToAsync("/work/absence");
        var form = window.Page.Locator("form.work-two");
        var (whom, days, agree) = (form.Locator("select").Last, form.Locator("input[type=date]"), form.GetByRole(AriaRole.Button));
        await whom.SelectOptionAsync(mate.ToString());
        foreach (var (box, day) in new[] { (days.First, "0001-01-01"), (days.Last, "9999-12-31") })
        {
            var before = await box.InputValueAsync();
            await box.FillAsync(day);
            await agree.ClickAsync();
            await Assertions.Expect(form.Locator(".problem")).ToContainTextAsync(day[..4]);
            await box.FillAsync(before);
        }
        await Assertions.Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(0);

        await agree.ClickAsync();
        await Assertions.Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(whom).ToHaveValueAsync("");
        await whom.SelectOptionAsync(mate.ToString());
        await agree.ClickAsync();
        await Assertions.Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(2);
        window.AssertClean();
    }

    private static ContextValue Needs() => ContextValue.Empty.With("need", Value.Of("Shelves")).With("madeToOrder", Value.False).With("worthwhile", Value.True);
}
