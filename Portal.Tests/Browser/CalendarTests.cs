using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Domain.Work;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The calendar as two colleagues use it at once, by mouse, by keys and on a phone.</summary>
public sealed class CalendarTests(InboxApp app) : IClassFixture<InboxApp>
{
    // a Wednesday ahead; everybody here lives in UTC
    private DateOnly Day { get; } = WednesdayAfter(app.Now);

    private static DateOnly WednesdayAfter(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime).AddDays(14);
        return day.AddDays(DayOfWeek.Wednesday - day.DayOfWeek);
    }

    private async Task<InteractionId> PlanAsync(string subject, int hour, string user = "sales")
    {
        var actor = await app.ActorAsync(user);
        var at = new DateTimeOffset(Day, new TimeOnly(hour, 0), TimeSpan.Zero);
        return await app.Services.GetRequiredService<InteractionDesk>().PlanAsync(new(app.Client.Id), new(InteractionKind.Meeting, InteractionDirection.Outgoing, at, 60, subject, null, null),
            actor.UserId, Participants.None, null, actor, default);
    }

    private async Task<BrowserWindow> OpenAsync(string user, string query, BrowserNewContextOptions? settings = null)
    {
        var window = await app.OpenWindowAsync(user, settings);
        await window.GoToAsync($"/calendar?day={Day:yyyy-MM-dd}&{query}");
        await window.Page.Locator(".cal[data-ready]").WaitForAsync();
        return window;
    }

    private static ILocator Entry(BrowserWindow window, InteractionId id) => window.Page.Locator($".cal-event[data-id='{id.Value}']");

    private static Task SaysAsync(BrowserWindow window, InteractionId id, string time) => Expect(Entry(window, id).Locator("time")).ToHaveTextAsync(time);

    /// <summary>Presses the mouse on an entry and draws it by hours; it is not let go yet.</summary>
    private static async Task DrawAsync(BrowserWindow window, InteractionId id, double hours, double column = 0)
    {
        await Entry(window, id).ScrollIntoViewIfNeededAsync();
        var box = (await Entry(window, id).BoundingBoxAsync())!;
        var grid = (await window.Page.Locator(".cal-col").First.BoundingBoxAsync())!;
        var (x, y) = (box.X + 12, box.Y + 14);
        await window.Page.Mouse.MoveAsync(x, y);
        await window.Page.Mouse.DownAsync();
        await window.Page.Mouse.MoveAsync(x + 6, y + 6);
        await window.Page.Mouse.MoveAsync((float)(x + column * grid.Width), (float)(y + hours * grid.Height / 24), new() { Steps = 4 });
    }

    [Fact]
    public async Task DateBox_IsTypedInto_AndTheCalendarGoesThereOnceTheYearCanBeMeant()
    {
        await using var window = await OpenAsync("sales", "view=day");
        var box = window.Page.GetByLabel("Go to a day");

        await box.ClickAsync(new() { Position = new() { X = 12, Y = 10 } });
        await window.Page.StrikeAsync($"1215{Day.Year + 1}");

        await Expect(box).ToHaveValueAsync($"{Day.Year + 1}-12-15");
        await Expect(window.Page).ToHaveURLAsync(new Regex($"day={Day.Year + 1}-12-15"));
        window.AssertClean();
    }

    [Fact]
    public async Task Entry_DraggedByOne_IsSeenByTheOther_AndWhoWasSlowerIsToldByName()
    {
        var id = await PlanAsync("Show the shelves", 10);
        var owner = (await app.ActorAsync("sales")).UserId;
        await using var first = await OpenAsync("sales", "view=week");
        await using var second = await OpenAsync("second-sales", $"view=week&who={owner}");
        await SaysAsync(second, id, "10:00");

        // the second has it in his hand while the first lets go of it
        await DrawAsync(second, id, 1, column: 1);
        await DrawAsync(first, id, 2);
        await first.Page.Mouse.UpAsync();
        await SaysAsync(first, id, "12:00");
        await SaysAsync(second, id, "12:00");
        await second.Page.Mouse.UpAsync();

        await second.Page.GetByText("sales changed this while you worked on it").WaitForAsync();
        await SaysAsync(second, id, "12:00");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).Last.ClickAsync();
        await SaysAsync(first, id, "10:00");
        await SaysAsync(second, id, "10:00");
        first.AssertClean();
        second.AssertClean();
    }

    [Fact]
    public async Task EmptyTime_IsDrawn_AndPlanned_ThenMovedAndStretchedByKeys()
    {
        await using var window = await OpenAsync("second-sales", "view=day");
        var column = window.Page.Locator(".cal-col");
        var (box, scroll) = ((await column.BoundingBoxAsync())!, (await window.Page.Locator(".cal-scroll").BoundingBoxAsync())!);
        // from three to half past four; the column begins above what is seen
        float At(double hour) => (float)(box.Y + hour * box.Height / 24);
        Assert.InRange(At(15), scroll.Y, scroll.Y + scroll.Height);
        await window.Page.Mouse.MoveAsync(box.X + 200, At(15) + 2);
        await window.Page.Mouse.DownAsync();
        await window.Page.Mouse.MoveAsync(box.X + 200, At(16.5) - 2, new() { Steps = 4 });
        await Expect(window.Page.Locator(".cal-ghost")).ToHaveTextAsync("15:00 – 16:30");
        await window.Page.Mouse.UpAsync();

        var panel = window.Page.Locator("aside.interaction");
        await Expect(panel.GetByLabel("Minutes", new() { Exact = true })).ToHaveValueAsync("90");
        await panel.GetByRole(AriaRole.Combobox, new() { Name = "Client" }).FillAsync("Bluebird");
        await panel.GetByRole(AriaRole.Option, new() { Name = "Bluebird Trading" }).ClickAsync();
        await panel.GetByLabel("Subject").FillAsync("Walk through the hall");
        await panel.GetByLabel("Somebody new").FillAsync("Ottilie Fernbrook");
        await panel.GetByLabel("Add somebody…").SelectOptionAsync("sales");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Plan", Exact = true }).ClickAsync();

        var entry = window.Page.Locator(".cal-event", new() { HasText = "Walk through the hall" });
        await Expect(panel.GetByText("Ottilie Fernbrook, sales")).ToBeVisibleAsync();
        await Expect(panel.GetByText("15:00–16:30")).ToBeVisibleAsync();
        await entry.FocusAsync();
        await entry.PressAsync("Alt+ArrowDown");
        await Expect(panel.GetByText("15:15–16:45")).ToBeVisibleAsync();
        await Expect(entry).ToBeFocusedAsync();
        await entry.PressAsync("Alt+Shift+ArrowDown");
        await Expect(panel.GetByText("15:15–17:00")).ToBeVisibleAsync();

        // a colleague finds it in the team's view, among his own
        await using var colleague = await OpenAsync("sales", $"view=team&who={(await app.ActorAsync("sales")).UserId},{(await app.ActorAsync("second-sales")).UserId}");
        await Expect(colleague.Page.Locator(".cal-event", new() { HasText = "Walk through the hall" })).ToHaveCountAsync(2);
        window.AssertClean();
        colleague.AssertClean();
    }

    [Fact]
    public async Task FollowUp_ContinuesTheChain_WhichIsWalked()
    {
        var id = await PlanAsync("First visit", 8, "second-sales");
        await using var window = await OpenAsync("second-sales", "view=day");
        await Entry(window, id).ClickAsync();
        var panel = window.Page.Locator("aside.interaction");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Follow up" }).ClickAsync();
        await panel.GetByLabel("Subject").FillAsync("Second visit");
        await panel.GetByLabel("When").FillAsync($"{Day.AddDays(1):yyyy-MM-dd}T09:00");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Plan", Exact = true }).ClickAsync();

        await Expect(panel.Locator(".interaction-chain li")).ToHaveTextAsync([new System.Text.RegularExpressions.Regex("First visit"), new System.Text.RegularExpressions.Regex("Second visit")]);
        await panel.GetByRole(AriaRole.Button, new() { Name = "First visit" }).ClickAsync();
        await Expect(panel.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToContainTextAsync("First visit");
        window.AssertClean();
    }

    [Fact]
    public async Task OnAPhone_TheCalendarIsAList()
    {
        await PlanAsync("Phone visit", 9, "customer-service");
        await using var window = await OpenAsync("customer-service", "view=week", new() { ViewportSize = new() { Width = 390, Height = 844 } });

        await Expect(window.Page.Locator(".cal-agenda-row", new() { HasText = "Phone visit" })).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".cal-box")).ToBeHiddenAsync();
        Assert.True(await window.Page.EvaluateAsync<bool>("() => document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"));
        window.AssertClean();
    }

    [Fact]
    public async Task Reminder_ThatRings_ShowsAtOnce_AndIsPutAway()
    {
        var actor = await app.ActorAsync("legal");
        await app.Services.GetRequiredService<InteractionDesk>().PlanAsync(new(app.Client.Id),
            new(InteractionKind.Call, InteractionDirection.Outgoing, app.Now.AddMinutes(20), 15, "Read them the clause", null, null, 30), actor.UserId, Participants.None, null, actor, default);
        await using var window = await OpenAsync("legal", "view=day");

        await app.Services.GetRequiredService<ReminderRounds>().RingAsync(default);

        var bell = window.Page.Locator(".bell");
        await bell.ClickAsync();
        await Expect(bell.GetByRole(AriaRole.Link, new() { Name = "Read them the clause" })).ToBeVisibleAsync();
        await bell.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(bell).ToHaveCountAsync(0);
        window.AssertClean();
    }

    /// <summary>No boundary stands around the bell: a failure of it would end the whole page.</summary>
    [Fact]
    public async Task Reminder_ThatRings_WhileTheSignInIsOver_LeavesThePageAlive()
    {
        var actor = await app.ActorAsync("second-sales");
        await using var window = await OpenAsync("second-sales", "view=day");
        await LetInAsync(false);
        await RingAsync("Unheard");
        await LetInAsync(true);
        await RingAsync("Heard again");

        await Expect(window.Page.Locator(".bell").GetByRole(AriaRole.Link, new() { Name = "Heard again", IncludeHidden = true })).ToHaveCountAsync(1);
        window.AssertClean();

        async Task LetInAsync(bool yes)
        {
            await using var command = app.Database.DataSource.CreateCommand($"update identity.portal_user set blocked = {!yes} where id = '{actor.UserId}'");
            await command.ExecuteNonQueryAsync();
            app.Services.GetRequiredService<UserRights>().Forget();
        }

        async Task RingAsync(string subject)
        {
            await app.Services.GetRequiredService<InteractionDesk>().PlanAsync(new(app.Client.Id),
                new(InteractionKind.Call, InteractionDirection.Outgoing, app.Now.AddMinutes(20), 15, subject, null, null, 30), actor.UserId, Participants.None, null, actor, default);
            await app.Services.GetRequiredService<ReminderRounds>().RingAsync(default);
        }
    }

    [Fact]
    public async Task SigningIn_ShowsTheOwnDay_WhichFollowsWhatHappens()
    {
        var (reader, giver) = (await app.ActorAsync("project-manager"), await app.ActorAsync("sales-head"));
        var late = await app.Services.GetRequiredService<InteractionDesk>().PlanAsync(new(app.Client.Id),
            new(InteractionKind.Call, InteractionDirection.Outgoing, app.Now.AddHours(-30), 15, "Ask for the drawings", null, null), reader.UserId, Participants.None, null, reader, default);
        await using var window = await app.SignInAsync("project-manager");
        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/today$"));
        await Expect(window.Page.Locator(".today-line", new() { HasText = "Ask for the drawings" })).ToContainTextAsync("overdue");

        // due today, or late by the time it is read
        await app.Services.GetRequiredService<AssignmentDesk>().GiveAsync(AssignmentId.New(), new() { Title = "Count the panels", Performer = reader.UserId, Deadline = app.Now.AddSeconds(1) }, giver);
        await window.Page.Locator(".today-line", new() { HasText = "Count the panels" }).WaitForAsync();
        await app.Services.GetRequiredService<InteractionDesk>().HoldAsync(late, "They send them", reader, default);
        await Expect(window.Page.Locator(".today-line", new() { HasText = "Ask for the drawings" })).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task Pages_HoldNothingThatShutsPeopleOut()
    {
        var id = await PlanAsync("Seen by everybody", 11, "sales-head");
        await using var window = await OpenAsync("sales-head", "view=day");
        foreach (var path in new[] { $"calendar?view=week&day={Day:yyyy-MM-dd}&open={id.Value}", $"calendar?view=month&day={Day:yyyy-MM-dd}", $"calendar?view=team&day={Day:yyyy-MM-dd}", "today" })
        {
            await window.GoToAsync("/" + path);
            if (path.Contains("open")) await window.Page.Locator("aside.interaction .facts").WaitForAsync();
            Check.None((await window.SeriousFindingsAsync()).Select(found => $"{path} {found}"));
        }
    }
}
