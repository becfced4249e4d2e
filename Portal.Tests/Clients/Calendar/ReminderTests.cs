using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;

namespace Portal.Tests.Clients.Calendar;

/// <summary>Reminders ring once, for the right people, and not for what is over.</summary>
public sealed class ReminderTests(CalendarOffice office) : IClassFixture<CalendarOffice>
{
    private async Task<int> RungAsync(Portal.Domain.Clients.InteractionId id, Actor actor) => (await office.Reminders.RungAsync(actor, default)).Count(r => r.Interaction == id);

    [Fact]
    public async Task Ring_AtTheLeadTime_TellsEverybodyOnce()
    {
        var id = await office.PlanAsync(3, remind: 60, new([], [], [office.Colleague.UserId]));
        await office.WaitAsync(1.5);
        Assert.Equal((0, 0), (await RungAsync(id, office.Seller), await office.LettersAsync(id)));

        await office.WaitAsync(0.6);
        await office.Rounds.RingAsync(default);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Rounds.RingAsync(default)));

        Assert.Equal((1, 1, 2), (await RungAsync(id, office.Seller), await RungAsync(id, office.Colleague), await office.LettersAsync(id)));
    }

    [Fact]
    public async Task Ring_WhileSeveralNodesLookAtOnce_TellsOnce()
    {
        var ids = new List<Portal.Domain.Clients.InteractionId>();
        for (var i = 0; i < 20; i++) ids.Add(await office.PlanAsync(1, remind: 30));
        office.Office.Clock.Advance(TimeSpan.FromMinutes(40));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => office.Rounds.RingAsync(default)));

        foreach (var id in ids) Assert.Equal(1, await office.LettersAsync(id));
    }

    [Fact]
    public async Task Ring_ForWhatTookPlaceOrWasCalledOff_TellsNobody()
    {
        var (held, off) = (await office.PlanAsync(2, remind: 30), await office.PlanAsync(2, remind: 30));
        await office.Desk.HoldAsync(held, "earlier than planned", office.Seller, default);
        await office.Desk.CancelAsync(off, "they are ill", office.Seller, default);

        await office.WaitAsync(1.9);

        Assert.Equal((0, 0), (await office.LettersAsync(held), await office.LettersAsync(off)));
    }

    [Fact]
    public async Task Ring_AfterAMove_ComesForTheNewBeginningOnly()
    {
        var id = await office.PlanAsync(2, remind: 60);
        await office.WaitAsync(1.1);
        Assert.Equal(1, await RungAsync(id, office.Seller));
        var seen = await office.ReadAsync(id);

        await office.Desk.MoveAsync(id, seen.At.AddHours(4), 30, seen.ResponsibleId, seen.Version, office.Seller, default);

        Assert.Equal(0, await RungAsync(id, office.Seller));
        await office.WaitAsync(4);
        Assert.Equal((1, 2), (await RungAsync(id, office.Seller), await office.LettersAsync(id)));
    }

    [Fact]
    public async Task Ring_AfterAStandstill_TellsWhatIsStillAhead_NotWhatBeganLongAgo()
    {
        var (soon, past) = (await office.PlanAsync(30, remind: 60), await office.PlanAsync(2, remind: 60));

        await office.WaitAsync(29.5);

        Assert.Equal((1, 0), (await office.LettersAsync(soon), await office.LettersAsync(past)));
    }

    [Fact]
    public async Task OwnReminder_OfAnInteraction_RingsAtItsTime_AndAgainWhenPutOff_UntilPutAway()
    {
        var id = await office.PlanAsync(-3);
        await office.Reminders.SetAsync(id, office.Now.AddHours(1), "Send them the drawing", office.Seller, default);
        await office.WaitAsync(1.1);
        var rung = Assert.Single(await office.Reminders.RungAsync(office.Seller, default), r => r.Interaction == id);
        Assert.Equal("Send them the drawing", rung.Text);

        await office.Reminders.PutOffAsync(rung.Id, office.Now.AddHours(1), office.Seller, default);
        Assert.Equal(0, await RungAsync(id, office.Seller));
        await office.WaitAsync(1.1);
        Assert.Equal((1, 2), (await RungAsync(id, office.Seller), await office.LettersAsync(id)));

        await office.Reminders.FinishAsync(rung.Id, office.Seller, default);
        Assert.Equal(0, await RungAsync(id, office.Seller));
        Assert.Equal("clients.reminder-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Reminders.FinishAsync(rung.Id, office.Colleague, default))).Code);
    }

    [Fact]
    public async Task OwnReminder_InThePast_OrOfWhatIsBeyondReach_IsRefused()
    {
        var id = await office.PlanAsync(3);
        var narrow = office.Colleague with { Scope = ActorScope.Own };

        Assert.Equal("clients.remind-in-past", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Reminders.SetAsync(id, office.Now, null, office.Seller, default))).Code);
        Assert.Equal("clients.interaction-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Reminders.SetAsync(id, office.Now.AddHours(1), null, narrow, default))).Code);
    }
}
