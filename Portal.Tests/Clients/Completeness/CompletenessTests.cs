using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Completeness;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Completeness;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Completeness;

/// <summary>How completely clients are described, by field, manager and client, and the lists behind the figures.</summary>
public sealed class CompletenessTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private CompletenessQuery Query => office.Services.GetRequiredService<CompletenessQuery>();
    private CompletenessRules Rules => office.Services.GetRequiredService<CompletenessRules>();
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();
    private SegmentRegistry Segments => office.Services.GetRequiredService<SegmentRegistry>();

    private async Task<Actor> SellerAsync(ActorScope scope = ActorScope.Own) =>
        (await office.PersonAsync($"Seller {Guid.NewGuid():N}"[..16], Permissions.ClientsRead, Permissions.ClientsManage)) with { Scope = scope };

    private Task<PartnerId> AddAsync(Actor seller, string name, string? phone = null, string? mail = null, string? site = null) =>
        Partners.AddAsync(new(name, PartnerKinds.Client, Phone: phone, Email: mail, Website: site, Responsible: seller.UserId), seller, default);

    private static Dictionary<string, int> Weights(params (string Field, int Weight)[] weights) => weights.ToDictionary(w => w.Field, w => w.Weight);

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private async Task<SegmentId> SegmentAsync(Actor head, string word, IReadOnlyDictionary<string, int> weights)
    {
        var id = await Segments.AddAsync($"Called {word}", null, new(ConditionJoin.All, [new ConditionTest("name", ConditionOperator.StartsWith, [word])]), true, head, default);
        await Rules.SetAsync(id, weights, 0, head, default);
        return id;
    }

    [Fact]
    public async Task FurtherNumbersAndMails_OfAContactPerson_Count()
    {
        var (head, seller) = (await SellerAsync(ActorScope.All), await SellerAsync());
        var word = Guid.NewGuid().ToString("N")[..8];
        var contacts = office.Services.GetRequiredService<ContactRegistry>();
        await contacts.AddAsync(await AddAsync(seller, $"{word} mobile"), null, new("Odo Larch", "buyer", Others: [new(ContactChannel.Phone, ContactUse.Mobile, "+1 700 555 0102")]), seller, default);
        await contacts.AddAsync(await AddAsync(seller, $"{word} mail"), null, new("Ida Larch", "buyer", Others: [new(ContactChannel.Email, ContactUse.Personal, "ida@example.org")]), seller, default);
        var segment = await SegmentAsync(head, word, Weights(("has-phone", 1), ("has-mail", 1)));

        var clients = await Query.ClientsAsync(segment, null, Slice.All, head, default);

        Assert.Equal([($"{word} mail", "has-phone"), ($"{word} mobile", "has-mail")], clients.Rows.Select(c => (c.Name, Assert.Single(c.Missing))));
    }

    [Fact]
    public async Task Report_SharesByFieldAndManager_AndEachFigureHasItsList()
    {
        var (head, one, two) = (await SellerAsync(ActorScope.All), await SellerAsync(), await SellerAsync());
        var word = Guid.NewGuid().ToString("N")[..8];
        await AddAsync(one, $"{word} full", "+1 700 1", "a@example.org");
        await AddAsync(one, $"{word} phone", "+1 700 2");
        await AddAsync(two, $"{word} empty");
        var segment = await SegmentAsync(head, word, Weights(("has-phone", 3), ("has-mail", 1)));

        var all = await Query.ReadAsync(segment, head, default);
        var own = await Query.ReadAsync(segment, one, default);

        Assert.Equal((3, (1 + 0.75 + 0) / 3), (all.Clients, all.Share));
        Assert.Equal([new FieldShare("has-mail", 1, 1, 3), new FieldShare("has-phone", 3, 2, 3)], all.Fields);
        Assert.Equal([new ManagerShare(two.UserId, two.Name, 1, 0, 0), new ManagerShare(one.UserId, one.Name, 2, 1, 0.875)], all.Managers);
        Assert.Equal((2, 0.875, one.UserId), (own.Clients, own.Share, own.Managers.Single().User));
        var clients = await Query.ClientsAsync(segment, null, Slice.All, head, default);
        Assert.Equal([(0.0, "has-phone has-mail"), (0.75, "has-mail"), (1.0, "")], clients.Rows.Select(c => (c.Share, string.Join(' ', c.Missing))));
        Assert.Equal([$"{word} phone"], (await Query.ClientsAsync(segment, one.UserId, new(0, 1), head, default)).Rows.Select(c => c.Name));
        var list = office.Services.GetRequiredService<PartnerListQuery>();
        Assert.Equal([$"{word} empty", $"{word} phone"], (await list.ListAsync(new(Segment: segment, Missing: "has-mail"), PartnerSort.Name, false, Slice.All, head, default)).Rows.Select(c => c.Name));
        Assert.Equal("segments.operator-unknown", await RefusedAsync(() => list.ListAsync(new(Missing: "town"), PartnerSort.Name, false, Slice.All, head, default)));
    }

    [Fact]
    public async Task Client_IsMeasuredByTheRuleOfItsSegment_ElseByThatForAll()
    {
        var (head, seller, other) = (await SellerAsync(ActorScope.All), await SellerAsync(), await SellerAsync());
        var word = Guid.NewGuid().ToString("N")[..8];
        var special = await AddAsync(seller, $"{word} special", site: "example.org");
        var usual = await AddAsync(seller, "Usual one");
        await SegmentAsync(head, word, Weights(("has-website", 1), ("has-note", 1)));

        Assert.Equal((0.5, "has-note"), ((await Query.OfAsync(special, seller, default))!.Share, (await Query.OfAsync(special, seller, default))!.Missing.Single()));
        var measured = (await Query.OfAsync(usual, seller, default))!;
        Assert.Equal(3.0 / CompletenessRule.Usual.Values.Sum(), measured.Share, 6);
        Assert.Equal("has-contact", measured.Missing[0]);
        Assert.Null(await Query.OfAsync(usual, other, default));
    }

    [Fact]
    public async Task Rule_IsSetByWhoReachesAll_OverTheVersionSeen_AndHoldsItsSegment()
    {
        var (head, seller) = (await SellerAsync(ActorScope.All), await SellerAsync());
        var segment = await SegmentAsync(head, Guid.NewGuid().ToString("N")[..8], Weights(("has-phone", 1)));
        var seen = (await Query.RulesAsync(head, default)).Single(r => r.Segment == segment).Version;
        var own = await Segments.AddAsync($"Own {segment.Value}", null, ConditionGroup.Everybody, false, head, default);

        Assert.Equal("identity.out-of-reach", await RefusedAsync(() => Rules.SetAsync(segment, Weights(("has-mail", 1)), seen, seller, default)));
        Assert.Equal("segments.field-unknown", await RefusedAsync(() => Rules.SetAsync(segment, Weights(("town", 1)), seen, head, default)));
        Assert.Equal("clients.rule-empty", await RefusedAsync(() => Rules.SetAsync(segment, Weights(("has-mail", 0)), seen, head, default)));
        Assert.Equal("number.out-of-range", await RefusedAsync(() => Rules.SetAsync(segment, Weights(("has-mail", 11)), seen, head, default)));
        Assert.Equal("segments.refers-to-own", await RefusedAsync(() => Rules.SetAsync(own, Weights(("has-mail", 1)), 0, head, default)));
        await Rules.SetAsync(segment, Weights(("has-mail", 2)), seen, head, default);
        Assert.Equal("shared.changed-by", await RefusedAsync(() => Rules.SetAsync(segment, Weights(("has-mail", 3)), seen, head, default)));
        Assert.Equal("segments.in-use-by-rule", await RefusedAsync(() => Segments.RemoveAsync(segment, head, default)));
        await Rules.RemoveAsync(segment, head, default);
        await Segments.RemoveAsync(segment, head, default);
    }
}
