using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Activity;

namespace Portal.Tests.Clients.Calendar;

/// <summary>Calendars: who sees what, who may move what, and what follows from what.</summary>
public sealed class CalendarTests(CalendarOffice office) : IClassFixture<CalendarOffice>
{
    private Task<IReadOnlyList<InteractionRow>> WeekAsync(Actor actor, params Guid[] users) => office.Calendar.ListAsync(new(office.Now.AddDays(-3), office.Now.AddDays(4)), users, actor, default);

    private static async Task<RuleBrokenException> RefusedAsync(Func<Task> job) => await Assert.ThrowsAsync<RuleBrokenException>(job);

    [Fact]
    public async Task Move_OfWhatAColleagueMovedMeanwhile_IsRefused_AndNamesHim()
    {
        var id = await office.PlanAsync(5);
        var seen = await office.ReadAsync(id);

        var moved = await office.Desk.MoveAsync(id, seen.At.AddHours(1), 45, seen.ResponsibleId, seen.Version, office.Colleague, default);
        var refusal = await RefusedAsync(() => office.Desk.MoveAsync(id, seen.At.AddHours(2), 30, seen.ResponsibleId, seen.Version, office.Seller, default));

        Assert.Equal(("shared.changed-by", "Cora Millward"), (refusal.Code, refusal.Args[0]));
        var now = await office.ReadAsync(id);
        Assert.Equal((seen.At.AddHours(1), 45, moved), (now.At, now.Minutes, now.Version));
    }

    [Fact]
    public async Task Move_OfWhatIsOver_IsRefused()
    {
        var id = await office.PlanAsync(5);
        await office.Desk.CancelAsync(id, "closed", office.Seller, default);
        var seen = await office.ReadAsync(id);

        Assert.Equal("clients.interaction-over", (await RefusedAsync(() => office.Desk.MoveAsync(id, seen.At, 60, seen.ResponsibleId, seen.Version, office.Seller, default))).Code);
    }

    /// <summary>In the calendar of somebody who does not see its client an appointment would be in nobody's.</summary>
    [Fact]
    public async Task Plan_ForAColleagueWhoDoesNotSeeTheClient_IsRefused_WhetherItIsMadeMovedOrChanged()
    {
        var narrow = await office.Office.SellerAsync(ActorScope.Own);
        var id = await office.PlanAsync(5);
        var seen = await office.ReadAsync(id);
        var own = await office.AddClientAsync("Narrow Harbour", narrow);

        foreach (var job in new Func<Task>[]
        {
            () => office.Desk.MoveAsync(id, seen.At.AddHours(1), 45, narrow.UserId, seen.Version, office.Seller, default),
            () => office.Desk.ChangeAsync(id, office.Details(5), narrow.UserId, Participants.None, seen.Version, office.Seller, default),
            () => office.Desk.PlanAsync(office.Client, office.Details(6), narrow.UserId, Participants.None, null, office.Seller, default),
        })
            Assert.Equal(("clients.heir-beyond", narrow.Name), await RefusedAsync(job) is var refusal ? (refusal.Code, refusal.Args[0]) : default);
        Assert.Equal((seen.At, seen.Version), await office.ReadAsync(id) is var now ? (now.At, now.Version) : default);
        await office.Desk.PlanAsync(own, office.Details(6), narrow.UserId, Participants.None, null, office.Seller, default);
    }

    [Theory, InlineData(11, "clients.too-far-ahead"), InlineData(7900, "clients.too-far-ahead"), InlineData(-2, "clients.plan-too-old"), InlineData(-2000, "clients.plan-too-old")]
    public async Task Move_ToAYearThatCannotBeMeant_IsRefused(int years, string code)
    {
        var id = await office.PlanAsync(5);
        var seen = await office.ReadAsync(id);
        var to = seen.At.AddYears(years);

        Assert.Equal(code, (await RefusedAsync(() => office.Desk.MoveAsync(id, to, 60, seen.ResponsibleId, seen.Version, office.Seller, default))).Code);
        Assert.Equal(code, (await RefusedAsync(() => office.Desk.ChangeAsync(id, office.Details(5) with { At = to }, seen.ResponsibleId, Participants.None, seen.Version, office.Seller, default))).Code);
        Assert.Equal(code, (await RefusedAsync(() => office.PlanAsync((to - office.Now).TotalHours))).Code);
        Assert.Equal(seen.Version, (await office.ReadAsync(id)).Version);
    }

    [Fact]
    public async Task Record_OfWhatIsLongAgo_GoesFiftyYearsBack()
    {
        Task<InteractionId> RecordAsync(int years) => office.Desk.RecordAsync(office.Client, office.Details(0) with { At = office.Now.AddYears(-years) }, Participants.None, null, office.Seller, default);

        Assert.Equal("clients.too-long-ago", (await RefusedAsync(() => RecordAsync(51))).Code);
        Assert.Equal(office.Now.AddYears(-49), (await office.ReadAsync(await RecordAsync(49))).At);
    }

    [Fact]
    public async Task Change_OfWhatAColleagueSaysTookPlace_NamesHim()
    {
        var id = await office.PlanAsync(5);
        var seen = await office.ReadAsync(id);

        await office.Desk.HoldAsync(id, "They agree", office.Colleague, default);

        foreach (var job in new[]
        {
            () => office.Desk.ChangeAsync(id, office.Details(5), seen.ResponsibleId, Participants.None, seen.Version, office.Seller, default),
            (Func<Task>)(() => office.Desk.MoveAsync(id, seen.At.AddHours(1), 30, seen.ResponsibleId, seen.Version, office.Seller, default)),
        })
        {
            var refusal = await RefusedAsync(job);
            Assert.Equal(("shared.changed-by", "Cora Millward"), (refusal.Code, refusal.Args[0]));
        }
    }

    [Fact]
    public async Task Move_ToAColleague_IsInHisCalendarThen()
    {
        var id = await office.PlanAsync(5);
        var seen = await office.ReadAsync(id);

        await office.Desk.MoveAsync(id, seen.At, 30, office.Colleague.UserId, seen.Version, office.Seller, default);

        Assert.Contains(await WeekAsync(office.Colleague, office.Colleague.UserId), row => row.Id == id);
        Assert.DoesNotContain(await WeekAsync(office.Seller, office.Seller.UserId), row => row.Id == id);
        Assert.Equal("work.person-unknown", (await RefusedAsync(async () => await office.Desk.MoveAsync(id, seen.At, 30, Guid.NewGuid(), (await office.ReadAsync(id)).Version, office.Seller, default))).Code);
        // nobody answers for what he may not see
        var guard = await office.Office.PersonAsync("Gil Guardson");
        Assert.Equal("work.heir-without-clients", (await RefusedAsync(async () => await office.Desk.MoveAsync(id, seen.At, 30, guard.UserId, (await office.ReadAsync(id)).Version, office.Seller, default))).Code);
        Assert.Equal("work.heir-without-clients", (await RefusedAsync(() => office.Desk.PlanAsync(office.Client, office.Details(5), guard.UserId, Participants.None, null, office.Seller, default))).Code);
    }

    [Fact]
    public async Task Move_ByWhoNeitherAnswersForItNorManages_IsRefused()
    {
        var id = await office.PlanAsync(5);
        var seen = await office.ReadAsync(id);
        var reader = await office.Office.PersonAsync("Rhea Lindquist", Permissions.ClientsRead);

        Assert.Equal("identity.not-allowed", (await RefusedAsync(() => office.Desk.MoveAsync(id, seen.At, 60, seen.ResponsibleId, seen.Version, reader, default))).Code);
    }

    [Fact]
    public async Task List_HoldsOnlyClientsWithinReach_AlsoForWhoTakesPart()
    {
        var id = await office.PlanAsync(6, with: new([], [], [office.Colleague.UserId]));
        var narrow = office.Colleague with { Scope = ActorScope.Own };

        Assert.Contains(await WeekAsync(office.Colleague, office.Colleague.UserId), row => row.Id == id);
        Assert.DoesNotContain(await WeekAsync(narrow, office.Colleague.UserId, office.Seller.UserId), row => row.Id == id);
        Assert.Null(await office.Query.FindAsync(id, narrow, default));
        Assert.False(await office.Query.MaySeeAsync(id.Value, narrow, default));
    }

    /// <summary>Clients are not shown by way of the calendar: who answers for a meeting or takes part and may not see clients any more sees nothing of it.</summary>
    [Fact]
    public async Task Interactions_AreNotThere_ForWhoMayNotSeeClients()
    {
        var id = await office.PlanAsync(6, with: new([], [], [office.Colleague.UserId]));
        await office.Reminders.SetAsync(id, office.Now.AddHours(1), "ring", office.Seller, default);
        var late = await office.PlanAsync(-6);
        var blind = office.Seller with { Permissions = office.Seller.Permissions.Except([Permissions.ClientsRead]).ToFrozenSet() };
        var week = new Period(office.Now.AddDays(-3), office.Now.AddDays(4));
        Assert.Contains(await office.Calendar.OverdueAsync(10, office.Seller, default), row => row.Id == late);
        Assert.Single(await office.Calendar.RemindersAsync(week, office.Seller, default), r => r.Interaction == id);

        Assert.Empty(await WeekAsync(blind, office.Seller.UserId, office.Colleague.UserId));
        Assert.Empty(await office.Calendar.OverdueAsync(10, blind, default));
        Assert.Empty(await office.Calendar.RemindersAsync(week, blind, default));
        Assert.Equal([blind.UserId], await office.Calendar.BusyAsync(week, 5, blind, default));
        Assert.False(await office.Query.MaySeeAsync(id.Value, blind, default));
        await office.WaitAsync(2);
        Assert.NotEmpty(await office.Reminders.RungAsync(office.Seller, default));
        Assert.Empty(await office.Reminders.RungAsync(blind, default));
        var timeline = office.Office.Services.GetRequiredService<TimelineQuery>();
        foreach (var job in new Func<Task>[]
        {
            () => office.Query.FindAsync(id, blind, default), () => office.Query.PeopleAsync(office.Client, blind, default), () => office.Reminders.SetAsync(id, office.Now.AddHours(2), null, blind, default),
            () => office.Desk.CancelAsync(id, null, blind, default), () => timeline.AheadAsync(office.Client, blind, default), () => timeline.ListAsync(office.Client, new(), null, 10, blind, default),
            () => office.Office.Services.GetRequiredService<ActivityQuery>().ListAsync(new(week.From, week.To), null, null, false, new(0, 10), blind, default),
        }) Assert.Equal("identity.not-allowed", (await RefusedAsync(job)).Code);
    }

    [Fact]
    public async Task List_HoldsWhatTouchesThePeriod_AndNoNotes()
    {
        var note = await office.Desk.RecordAsync(office.Client, new(InteractionKind.Note, InteractionDirection.Outgoing, office.Now, 0, null, "quiet season", null), Participants.None, null, office.Seller, default);
        var id = await office.PlanAsync(5);
        var at = (await office.ReadAsync(id)).At;

        Task<IReadOnlyList<InteractionRow>> Between(double from, double to) => office.Calendar.ListAsync(new(at.AddMinutes(from), at.AddMinutes(to)), [office.Seller.UserId], office.Seller, default);
        Assert.Contains(await Between(29, 40), row => row.Id == id);
        Assert.DoesNotContain(await Between(30, 40), row => row.Id == id);
        Assert.Contains(await Between(-10, 1), row => row.Id == id);
        Assert.DoesNotContain(await Between(-10, 0), row => row.Id == id);
        Assert.DoesNotContain(await WeekAsync(office.Seller, office.Seller.UserId), row => row.Id == note);
    }

    [Fact]
    public async Task Change_OfWhoTakesPart_AddsAndRemoves_AndMakesPeopleOnTheSpot()
    {
        var id = await office.PlanAsync(5, with: new([], [new("Ottilie Fernbrook", "buyer"), new("Jonas Weir", "door 3")], []));
        var before = await office.ReadAsync(id);
        var stays = before.With.Single(p => p.Name == "Jonas Weir").Person!.Value;

        await office.Desk.ChangeAsync(id, office.Details(5), office.Seller.UserId, new([stays], [new("Brenna Quarry", "accountant")], [office.Colleague.UserId]), before.Version, office.Seller, default);

        var after = await office.ReadAsync(id);
        Assert.Equal(["Brenna Quarry", "Cora Millward", "Jonas Weir"], after.With.Select(p => p.Name));
        Assert.Contains(await office.Query.PeopleAsync(office.Client, office.Seller, default), p => p.Name == "Ottilie Fernbrook");
        Assert.Equal("clients.person-unknown", (await RefusedAsync(() => office.Desk.ChangeAsync(id, office.Details(5), office.Seller.UserId, new([PersonId.New()], [], []), after.Version, office.Seller, default))).Code);
    }

    [Fact]
    public async Task Chain_OfAnInteraction_IsWalkedBothWays()
    {
        var first = await office.PlanAsync(-30, subject: "First call");
        var second = await office.PlanAsync(-10, after: first, subject: "Visit");
        var third = await office.PlanAsync(8, after: second, subject: "Offer");
        var beside = await office.PlanAsync(9, after: first, subject: "Thank them");

        foreach (var one in new[] { first, second, third, beside })
            Assert.Equal(["First call", "Visit", "Offer", "Thank them"], (await office.Query.FindAsync(one, office.Seller, default))!.Chain.Select(row => row.Subject));
    }

    [Fact]
    public async Task Assignment_FromAnInteraction_StandsOnItsCard_AndAmongTheWorkAboutTheClient()
    {
        var id = await office.PlanAsync(5);
        await office.Office.Desk.GiveAsync(Portal.Domain.Work.AssignmentId.New(), new() { Title = "Draw the shelves", Performer = office.Colleague.UserId, About = new(ObjectKind.Interaction, id.Value) }, office.Seller);

        Assert.Equal("Draw the shelves", Assert.Single((await office.Query.FindAsync(id, office.Colleague, default))!.Assignments).Title);
        var work = (Portal.Infrastructure.Work.MyWorkQuery)office.Office.Services.GetService(typeof(Portal.Infrastructure.Work.MyWorkQuery))!;
        Assert.Contains((await work.FilterAsync(Portal.Infrastructure.Work.WorkGroup.Mine, new(Client: office.Client.Value), new(0, 50), office.Colleague)).Rows, item => item.Title.In("en") == "Draw the shelves");
        Assert.Empty((await work.FilterAsync(Portal.Infrastructure.Work.WorkGroup.Mine, new(Client: Guid.NewGuid()), new(0, 50), office.Colleague)).Rows);
    }
}
