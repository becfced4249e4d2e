using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Work;

/// <summary>Looking after the work of others ends where one's rights end: at himself, at the team, at the branch.</summary>
public sealed class OversightReachTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private MyWorkQuery Inbox => office.Services.GetRequiredService<MyWorkQuery>();

    private async Task<AssignmentId> GiveAsync(Actor to)
    {
        var id = AssignmentId.New();
        await office.Desk.GiveAsync(id, new() { Title = "Count the crates", Performer = to.UserId }, office.Gwen);
        return id;
    }

    [Theory, InlineData(ActorScope.Own, false, false), InlineData(ActorScope.Team, true, false), InlineData(ActorScope.Branch, true, true), InlineData(ActorScope.All, true, true)]
    public async Task Oversight_EndsAtTheReach(ActorScope scope, bool ofTeam, bool ofBranch)
    {
        var head = office.Head with { Scope = scope, Teammates = [office.Piet.UserId] };
        foreach (var (performer, within) in new[] { (office.Piet, ofTeam), (office.Cleo, ofBranch) })
        {
            var id = await GiveAsync(performer);

            if (scope != ActorScope.Own) Assert.Equal(within, (await Inbox.PageAsync(WorkGroup.Team, null, Slice.All, head)).Rows.Any(item => item.Object.Id == id.Value));
            if (within) await office.Desk.HandOverAsync(id, office.Stranger.UserId, head);
            else Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Desk.HandOverAsync(id, office.Stranger.UserId, head))).Code);
        }
        Assert.Equal(scope != ActorScope.Own, MyWorkQuery.MayOversee(head));
        Assert.Equal(scope != ActorScope.Own, (await Inbox.CountsAsync(head)).ContainsKey(WorkGroup.Team));
    }

    [Fact]
    public void Task_OfSomebodyElse_IsOverseenByHisTeamsHeadOnly_AndOneOfNobodyByTheBranch()
    {
        var head = Person("Hedda", Permissions.TasksOversee) with { Scope = ActorScope.Team, BranchId = office.Branch.Value, Teammates = [office.Piet.UserId] };

        Assert.True(head.Oversees(office.Branch, office.Piet.UserId));
        Assert.True(head.Oversees(office.Branch, null));
        Assert.False(head.Oversees(office.Branch, office.Cleo.UserId));
        Assert.False(head.Oversees(BranchId.New(), office.Piet.UserId));
        Assert.False((head with { Scope = ActorScope.Own }).Oversees(office.Branch, office.Piet.UserId));
    }
}
