using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Activity;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Tests.Dispatch;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Activity;

/// <summary>Who talks to whom, and to whom nobody does.</summary>
public sealed class ActivityTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private ActivityQuery Activity => office.Services.GetRequiredService<ActivityQuery>();
    private SilentQuery Silent => office.Services.GetRequiredService<SilentQuery>();
    private InteractionDesk Desk => office.Services.GetRequiredService<InteractionDesk>();

    private async Task<Actor> SellerAsync(ActorScope scope = ActorScope.Own) =>
        (await office.PersonAsync($"Seller {Guid.NewGuid():N}"[..16], Permissions.ClientsRead, Permissions.ClientsManage)) with { Scope = scope };

    private Task<PartnerId> AddAsync(Actor seller, string name) =>
        office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new(name, PartnerKinds.Client, Responsible: seller.UserId), seller, default);

    private Task TalkAsync(PartnerId with, InteractionKind kind, double daysAgo, Actor seller, string? stage = null) =>
        Desk.RecordAsync(with, new(kind, InteractionDirection.Outgoing, Orders.Now.AddDays(-daysAgo), 5, "Talk", null, stage), Participants.None, null, seller, default);

    private Task<InteractionId> PlanAsync(PartnerId with, double days, Actor seller) =>
        Desk.PlanAsync(with, new(InteractionKind.Call, InteractionDirection.Outgoing, Orders.Now.AddDays(days), 5, "Plan", null, null), seller.UserId, Participants.None, null, seller, default);

    [Fact]
    public async Task Activity_CountsBySellerAndStage_AndListsWhatIsBehindEachNumber()
    {
        var (one, two) = (await SellerAsync(), await SellerAsync());
        var (first, second) = (await AddAsync(one, "First"), await AddAsync(one, "Second"));
        await TalkAsync(first, InteractionKind.Meeting, 1, one, "offer");
        await TalkAsync(first, InteractionKind.Call, 2, one, "offer");
        await TalkAsync(second, InteractionKind.Call, 3, one);
        await TalkAsync(second, InteractionKind.Note, 3, one);
        await TalkAsync(first, InteractionKind.Call, 45, one);
        await PlanAsync(first, 2, one);
        await PlanAsync(first, -2, one);
        await TalkAsync(await AddAsync(two, "Of two"), InteractionKind.Call, 1, two);
        var month = new ActivityFilter(Orders.Now.AddDays(-30), Orders.Now.AddDays(30));

        var row = Assert.Single((await Activity.ReadAsync(month, Slice.All, one, default)).Rows);

        Assert.Equal(new(one.UserId.ToString(), one.Name, 1, 2, 0, 0, 1, 4, 0, 1, 1, 0, 2), row);
        var stages = (await Activity.ReadAsync(month with { Group = ActivityGroup.Stage }, Slice.All, one, default)).Rows;
        Assert.Equal([("offer", 2), ("", 2)], stages.OrderByDescending(s => s.Key).Select(s => (s.Key, s.Held)));
        Assert.Equal(["Second", "First"], (await Activity.ListAsync(month with { Kind = InteractionKind.Call }, row.Key, ActivityState.Held, false, Slice.All, one, default)).Rows.OrderBy(i => i.At).Select(i => i.Client));
        Assert.Equal("Plan", (await Activity.ListAsync(month, row.Key, ActivityState.Overdue, false, Slice.All, one, default)).Rows.Single().Subject);
        Assert.Empty((await Activity.ListAsync(month, two.UserId.ToString(), null, false, Slice.All, one, default)).Rows);
        Assert.Equal(0, (await Activity.ListAsync(month, null, ActivityState.Held, true, Slice.All, one, default)).Total);
    }

    [Fact]
    public async Task Activity_OfManyOutcomes_IsPaged_AndNoneIsCutOff()
    {
        const int outcomes = 620;
        var seller = await SellerAsync();
        var client = await AddAsync(seller, "Talkative");
        await using (var db = office.Open())
            await db.Database.ExecuteSqlAsync($"""
                insert into clients.interaction (id, partner, kind, direction, state, at, minutes, subject, outcome, responsible, created_at, changed_at, revision, by_user, by_name)
                select gen_random_uuid(), {client.Value}, 'Call', 'Outgoing', 'Held', {Orders.Now}, 5, 'Talk', 'Outcome ' || lpad(n::text, 4, '0'), {seller.UserId}, {Orders.Now}, {Orders.Now}, 0, {seller.UserId}, 'x' from generate_series(1, {outcomes}) n
                """);
        var filter = new ActivityFilter(Orders.Now.AddDays(-1), Orders.Now.AddDays(1), ActivityGroup.Outcome);

        var last = await Activity.ReadAsync(filter, new(600, 50), seller, default);

        Assert.Equal((outcomes, 20, "Outcome 0620"), (last.Total, last.Rows.Count, last.Rows[^1].Key));
        Assert.Equal(outcomes, (await Activity.ReadAsync(filter, Slice.All, seller, default)).Rows.Sum(r => r.Held));
    }

    [Fact]
    public async Task Silent_CountsByManagerWithinReachAndSegment()
    {
        var (head, one, two) = (await SellerAsync(ActorScope.All), await SellerAsync(), await SellerAsync());
        var word = Guid.NewGuid().ToString("N")[..8];
        await TalkAsync(await AddAsync(one, $"{word} lately"), InteractionKind.Call, 3, one);
        await TalkAsync(await AddAsync(one, $"{word} long ago"), InteractionKind.Call, 90, one);
        await AddAsync(one, $"{word} never");
        await TalkAsync(await AddAsync(two, $"{word} noted"), InteractionKind.Note, 1, two);
        await AddAsync(two, "Outside");
        var segment = await office.Services.GetRequiredService<SegmentRegistry>().AddAsync(word, null, new(ConditionJoin.All, [new ConditionTest("name", ConditionOperator.StartsWith, [word])]), true, head, default);

        Assert.Equal([new SilentRow(one.UserId, one.Name, 3, 2, 1), new SilentRow(two.UserId, two.Name, 1, 1, 1)], await Silent.ReadAsync(30, segment, head, default));
        Assert.Equal([new SilentRow(two.UserId, two.Name, 2, 2, 2)], await Silent.ReadAsync(30, null, two, default));
        Assert.Equal("number.out-of-range", (await Assert.ThrowsAsync<RuleBrokenException>(() => Silent.ReadAsync(0, null, head, default))).Code);
    }
}
