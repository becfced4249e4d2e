using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work.Handovers;
using Portal.Tests.Work;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Clients;

/// <summary>Rights that reach a team: the work of everybody in it, and nothing else.</summary>
public sealed class TeamReachTests(MailOffice office) : IClassFixture<MailOffice>
{
    private readonly Actor administrator = Actor.System("test");

    private TeamRegistry Teams => office.Services.GetRequiredService<TeamRegistry>();
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();
    private PartnerListQuery List => office.Services.GetRequiredService<PartnerListQuery>();
    private PartnerDetailsQuery Details => office.Services.GetRequiredService<PartnerDetailsQuery>();

    /// <summary>A head with a member, each with a client, and a stranger with one; all reach their team.</summary>
    private async Task<(Actor Head, Actor Member, Actor Stranger, PartnerId OfHead, PartnerId OfMember, PartnerId OfStranger, string Word)> FoundAsync()
    {
        var word = $"t{Guid.NewGuid():N}"[..10];
        var (head, member, stranger) = (await office.ReaderAsync("Hal", "sales-head"), await office.ReaderAsync("Mia", "sales"), await office.ReaderAsync("Sid", "sales"));
        await Teams.AddAsync($"Team {word}", head.UserId, [member.UserId], administrator, default);
        var (h, m, s) = (await ReachingAsync(head), await ReachingAsync(member), await ReachingAsync(stranger));
        return (h, m, s, await ClientAsync(h, "Harbour"), await ClientAsync(m, "Mill"), await ClientAsync(s, "Stone"), word);

        Task<PartnerId> ClientAsync(Actor of, string name) => Partners.AddAsync(new($"{name} {word}", PartnerKinds.Client, Phone: "+380 67 555 01 42"), of, default);
    }

    private async Task<Actor> ReachingAsync(Actor person)
    {
        var now = (await office.Services.GetRequiredService<UserRights>().FindAsync(person.UserId))!;
        return now with { Scope = ActorScope.Team };
    }

    [Fact]
    public async Task List_OfATeam_HoldsTheClientsOfItsPeopleAndNoOthers()
    {
        var (head, member, stranger, ofHead, ofMember, ofStranger, word) = await FoundAsync();

        foreach (var (reader, expected) in new[] { (head, new[] { ofHead, ofMember }), (member, [ofHead, ofMember]), (stranger, [ofStranger]) })
            Assert.Equal(expected.Select(p => p.Value).Order(), (await List.ListAsync(new(word), PartnerSort.Name, false, Slice.All, reader, default)).Rows.Select(r => r.Id.Value).Order());
        Assert.Equal([$"Team {word}"], (await Details.FindAsync(ofMember, head, default))!.Head.Teams);
    }

    [Fact]
    public async Task Everything_BesideTheList_EndsAtTheTeam()
    {
        var (head, _, _, ofHead, ofMember, ofStranger, word) = await FoundAsync();

        Assert.Null(await Details.FindAsync(ofStranger, head, default));
        var search = office.Services.GetRequiredService<SearchQuery>();
        Assert.Equal([ofHead.Value, ofMember.Value], (await search.FindAsync(word, head, default)).Select(r => r.ObjectId).Order());
        Assert.Equal(2, (await List.SuggestAsync(word, head, default)).Count);
        var timeline = office.Services.GetRequiredService<TimelineQuery>();
        Assert.NotEmpty((await timeline.ListAsync(ofMember, new(), null, 50, head, default)).Rows);
        Assert.Equal("clients.partner-unknown", (await RefusalOfAsync(() => timeline.ListAsync(ofStranger, new(), null, 50, head, default))).Code);
        var alike = await office.Services.GetRequiredService<DuplicateQuery>().FindAsync(new PartyDetails { Name = $"Stone {word}", Phones = [PhoneNumber.Of("+380 67 555 01 42", "UA")] }, null, head, default);
        Assert.Contains(alike, d => d.Id is null);
        Assert.DoesNotContain(alike, d => d.Id == ofStranger);
        Assert.Equal("clients.partner-unknown", (await RefusalOfAsync(() => Partners.ArchiveAsync([ofStranger], head, default))).Code);
    }

    [Fact]
    public async Task Add_ByWhoReachesHisTeam_IsHisOrATeammatesOnly()
    {
        var (head, member, stranger, _, _, _, word) = await FoundAsync();

        var own = await Partners.AddAsync(new($"Own {word}", PartnerKinds.Client), head, default);
        var given = await Partners.AddAsync(new($"Given {word}", PartnerKinds.Client, Responsible: member.UserId), head, default);

        Assert.Equal((head.UserId, member.UserId), ((await Details.FindAsync(own, head, default))!.Head.ResponsibleId!.Value, (await Details.FindAsync(given, head, default))!.Head.ResponsibleId!.Value));
        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => Partners.AddAsync(new($"Lost {word}", PartnerKinds.Client, Responsible: stranger.UserId), head, default))).Code);
    }

    [Fact]
    public async Task Handover_ByAHeadOfATeam_EndsAtTheTeam()
    {
        var (head, member, stranger, _, _, _, _) = await FoundAsync();
        var handover = office.Services.GetRequiredService<Handover>();

        Assert.Equal(1, (await handover.HeldAsync(member.UserId, head)).Total);
        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => handover.HeldAsync(stranger.UserId, head))).Code);
        Assert.Equal([head.UserId], (await handover.HeirsAsync(member.UserId, head)).Select(h => h.Id));
    }

    [Fact]
    public async Task Remove_OfATeam_TakesItsReachAtOnce()
    {
        var (head, _, _, ofHead, ofMember, _, word) = await FoundAsync();
        var team = (await Teams.ListAsync(administrator, default)).Single(t => t.Name == $"Team {word}");

        await Teams.RemoveAsync(team.Id, administrator, default);

        var alone = await ReachingAsync(head);
        Assert.NotNull(await Details.FindAsync(ofHead, alone, default));
        Assert.Null(await Details.FindAsync(ofMember, alone, default));
    }

    [Fact]
    public async Task Change_OfATeamByTwo_IsRefusedToTheSecond()
    {
        var (head, member, stranger, _, _, _, word) = await FoundAsync();
        var seen = (await Teams.ListAsync(administrator, default)).Single(t => t.Name == $"Team {word}");

        await Teams.ChangeAsync(seen.Id, seen.Name, head.UserId, [member.UserId, stranger.UserId], seen.Version, administrator, default);

        Assert.Equal("shared.changed-by", (await RefusalOfAsync(() => Teams.ChangeAsync(seen.Id, seen.Name, member.UserId, [], seen.Version, administrator, default))).Code);
        Assert.Equal("identity.team-name-taken", (await RefusalOfAsync(() => Teams.AddAsync(seen.Name.ToUpperInvariant(), head.UserId, [], administrator, default))).Code);
        Assert.Equal(2, (await Teams.ListAsync(administrator, default)).Single(t => t.Id == seen.Id).Members.Count);
    }
}
