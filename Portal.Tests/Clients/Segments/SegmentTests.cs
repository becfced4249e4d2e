using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;
using Portal.Tests.Dispatch;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Segments;

/// <summary>Segments mean whom their conditions say, and never show whom the reader does not reach.</summary>
public sealed class SegmentTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private SegmentRegistry Segments => office.Services.GetRequiredService<SegmentRegistry>();
    private SegmentQuery Query => office.Services.GetRequiredService<SegmentQuery>();
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();
    private PartnerListQuery List => office.Services.GetRequiredService<PartnerListQuery>();
    private InteractionDesk Desk => office.Services.GetRequiredService<InteractionDesk>();

    private async Task<Actor> SellerAsync(ActorScope scope = ActorScope.Own, params string[] more) =>
        (await office.PersonAsync($"Seller {Guid.NewGuid():N}"[..16], [Permissions.ClientsRead, Permissions.ClientsManage, .. more])) with { Scope = scope };

    private async Task<PartnerId> AddAsync(Actor seller, string name, PartnerStanding standing = PartnerStanding.Active, string? town = null, string? phone = null, PartnerKinds kinds = PartnerKinds.Client)
    {
        var id = await Partners.AddAsync(new(name, kinds, standing, phone), seller, default);
        if (town is null) return id;
        var place = Place.OfPartner(PlaceId.New(), id, "Office", town, null);
        place.Change("Office", town, new("UA", null, town, null, null, null), PlacePurposes.Office, null);
        await office.SaveAsync(place);
        return id;
    }

    private static ConditionTest Test(string field, ConditionOperator asked, params string[] values) => new(field, asked, values);

    private static ConditionGroup All(params Condition[] parts) => new(ConditionJoin.All, parts);

    private async Task<string[]> MeantAsync(ConditionGroup condition, Actor actor) => [.. (await Query.PreviewAsync(condition, null, actor, default))!.First.Select(p => p.Name)];

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    [Fact]
    public async Task Condition_JoinsAndOrNot()
    {
        var seller = await SellerAsync();
        await AddAsync(seller, "Acorn", town: "Lviv");
        await AddAsync(seller, "Birch", town: "Kyiv", phone: "+1 700 1234567");
        await AddAsync(seller, "Cedar", PartnerStanding.Lost, "Kyiv");
        await AddAsync(seller, "Dogwood");

        Assert.Equal(["Acorn", "Birch", "Cedar"], await MeantAsync(new(ConditionJoin.Any, [Test("town", ConditionOperator.Is, "lviv"), Test("town", ConditionOperator.StartsWith, "ky")]), seller));
        Assert.Equal(["Birch"], await MeantAsync(All(Test("town", ConditionOperator.Is, "Kyiv"), new ConditionGroup(ConditionJoin.None, [Test("standing", ConditionOperator.Is, "Lost")])), seller));
        Assert.Equal(["Acorn", "Dogwood"], await MeantAsync(All(Test("town", ConditionOperator.IsNot, "Kyiv")), seller));
        Assert.Equal(["Dogwood"], await MeantAsync(All(Test("town", ConditionOperator.IsEmpty)), seller));
        Assert.Equal(["Acorn", "Cedar", "Dogwood"], await MeantAsync(All(Test("has-phone", ConditionOperator.No)), seller));
        Assert.Equal(["Acorn", "Birch", "Cedar", "Dogwood"], await MeantAsync(ConditionGroup.Everybody, seller));
    }

    [Fact]
    public async Task Condition_AsksHowLongSilent_AndHowOften()
    {
        var seller = await SellerAsync();
        var (lately, long_, _) = (await AddAsync(seller, "Lately"), await AddAsync(seller, "Long ago"), await AddAsync(seller, "Never"));
        foreach (var days in new[] { 1, 2, 40 }) await TalkAsync(lately, days);
        await TalkAsync(long_, 90);

        Assert.Equal(["Long ago", "Never"], await MeantAsync(All(Test("silent", ConditionOperator.AtLeast, "30")), seller));
        Assert.Equal(["Lately"], await MeantAsync(All(Test("last-contact", ConditionOperator.InLastDays, "30")), seller));
        Assert.Equal(["Long ago", "Never"], await MeantAsync(All(Test("last-contact", ConditionOperator.NotInLastDays, "30")), seller));
        Assert.Equal(["Never"], await MeantAsync(All(Test("last-contact", ConditionOperator.IsEmpty)), seller));
        Assert.Equal(["Lately"], await MeantAsync(All(Test("interactions", ConditionOperator.AtLeast, "2", "30")), seller));
        Assert.Equal(["Lately", "Long ago"], await MeantAsync(All(Test("interactions", ConditionOperator.AtLeast, "1")), seller));
        Assert.Equal(["Lately", "Long ago", "Never"], await MeantAsync(All(Test("trips", ConditionOperator.AtMost, "0", "365")), seller));

        Task TalkAsync(PartnerId with, int daysAgo) => Desk.RecordAsync(with,
            new(InteractionKind.Call, InteractionDirection.Outgoing, Orders.Now.AddDays(-daysAgo), 5, "Talk", null, null), Participants.None, null, seller, default);
    }

    [Fact]
    public async Task Fields_AllAnswer_ForEveryQuestionTheyOffer()
    {
        var seller = await SellerAsync();
        var other = await Segments.AddAsync("Referred to", null, ConditionGroup.Everybody, false, seller, default);

        foreach (var field in SegmentFields.All)
            foreach (var asked in field.Operators)
                Assert.Empty((await Query.PreviewAsync(All(Test(field.Code, asked, ValueOf(field, asked))), null, seller, default))!.First);

        string ValueOf(SegmentField field, ConditionOperator asked) => field.Type switch
        {
            SegmentFieldType.Choice => field.Options[0].ToString(),
            SegmentFieldType.User or SegmentFieldType.Branch => Guid.NewGuid().ToString(),
            SegmentFieldType.Segment => other.Value.ToString(),
            SegmentFieldType.Date when asked is ConditionOperator.Since or ConditionOperator.Before => "2026-03-01",
            _ => "7",
        };
    }

    [Theory]
    [InlineData("shoe-size", ConditionOperator.Is, "43", "segments.field-unknown")]
    [InlineData("town", ConditionOperator.AtLeast, "3", "segments.operator-unknown")]
    [InlineData("trips", ConditionOperator.AtLeast, "many", "segments.value-unreadable")]
    [InlineData("created", ConditionOperator.Since, "yesterday", "segments.value-unreadable")]
    [InlineData("standing", ConditionOperator.Is, "Asleep", "segments.value-unreadable")]
    [InlineData("responsible", ConditionOperator.Is, "me", "segments.value-unreadable")]
    [InlineData("segment", ConditionOperator.Is, "00000000-0000-0000-0000-000000000001", "segments.unknown")]
    public async Task Condition_ThatCannotBeAsked_IsRefused(string field, ConditionOperator asked, string value, string code)
    {
        var seller = await SellerAsync();

        Assert.Equal(code, await RefusedAsync(() => Query.PreviewAsync(All(Test(field, asked, value)), null, seller, default)));
        Assert.Equal(code, await RefusedAsync(() => Segments.AddAsync("Odd", null, All(Test(field, asked, value)), false, seller, default)));
    }

    [Fact]
    public async Task Segment_OfAnother_ShowsOnlyWhomItsReaderReaches()
    {
        var (one, two, all) = (await SellerAsync(), await SellerAsync(), await SellerAsync(ActorScope.All));
        var word = Guid.NewGuid().ToString("N")[..8];
        await AddAsync(one, $"{word} of one");
        await AddAsync(two, $"{word} of two");
        var segment = await Segments.AddAsync($"Of all {word}", null, All(Test("name", ConditionOperator.StartsWith, word)), true, all, default);
        await Segments.RefreshAsync(await Segments.AddAsync($"Still {word}", null, All(Test("segment", ConditionOperator.Is, segment.Value.ToString())), true, all, default), all, default);

        foreach (var row in (await Query.ListAsync(two, default)).Where(s => s.Name.Contains(word)))
        {
            Assert.Equal([$"{word} of two"], (await List.ListAsync(new(Segment: row.Id), PartnerSort.Name, false, Slice.All, two, default)).Rows.Select(p => p.Name));
            Assert.Equal(2, (await Query.PreviewAsync(row.Id, all, default))!.Total);
            await using var db = office.Open();
            Assert.Equal([$"{word} of two"], await (await Query.MembersAsync(db, row.Id, two, default)).Select(p => p.Name).ToListAsync());
        }
    }

    [Fact]
    public async Task Segment_OfOneself_IsNobodyElses()
    {
        var (owner, other, tidy) = (await SellerAsync(), await SellerAsync(), await SellerAsync(ActorScope.All, Permissions.UsersManage));
        var own = await Segments.AddAsync("My own", null, ConditionGroup.Everybody, false, owner, default);
        var shared = await Segments.AddAsync($"Ours {own.Value}", null, ConditionGroup.Everybody, true, owner, default);

        Assert.DoesNotContain(await Query.ListAsync(other, default), s => s.Id == own);
        Assert.Equal("segments.unknown", await RefusedAsync(() => List.ListAsync(new(Segment: own), PartnerSort.Name, false, Slice.All, other, default)));
        Assert.Equal("segments.unknown", await RefusedAsync(() => Segments.AddAsync("Through another", null, All(Test("segment", ConditionOperator.Is, own.Value.ToString())), false, other, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Segments.RemoveAsync(shared, other, default)));
        Assert.Equal("segments.refers-to-own", await RefusedAsync(() => Segments.AddAsync("Open", null, All(Test("segment", ConditionOperator.Is, own.Value.ToString())), true, owner, default)));
        await Segments.RemoveAsync(shared, tidy, default);
        Assert.DoesNotContain(await Query.ListAsync(owner, default), s => s.Id == shared);
    }

    [Fact]
    public async Task Segments_NestedManyTimesOver_AreRefusedBeforeTheyGrow()
    {
        var seller = await SellerAsync();
        var inner = await Segments.AddAsync("Inner", null, Many("name", ConditionOperator.Contains, "a"), false, seller, default);
        Assert.Equal("segments.too-many-tests", await RefusedAsync(() => Segments.AddAsync("Outer", null, Many("segment", ConditionOperator.Is, inner.Value.ToString()), false, seller, default)));

        static ConditionGroup Many(string field, ConditionOperator question, string value) => All([.. Enumerable.Range(0, 60).Select(_ => Test(field, question, value))]);
    }

    [Fact]
    public async Task Segment_ThatComesBackToItself_IsRefused()
    {
        var seller = await SellerAsync();
        var first = await Segments.AddAsync("First", null, ConditionGroup.Everybody, false, seller, default);
        var second = await Segments.AddAsync("Second", null, All(Test("segment", ConditionOperator.IsNot, first.Value.ToString())), false, seller, default);
        var seen = (await Query.ListAsync(seller, default)).Single(s => s.Id == first).Version;

        Assert.Equal("segments.circle", await RefusedAsync(() => Segments.ChangeAsync(first, "First", null, All(Test("segment", ConditionOperator.Is, second.Value.ToString())), false, seen, seller, default)));
        Assert.Equal("segments.circle", await RefusedAsync(() => Segments.ChangeAsync(first, "First", null, All(Test("segment", ConditionOperator.Is, first.Value.ToString())), false, seen, seller, default)));
        Assert.Equal("segments.in-use", await RefusedAsync(() => Segments.RemoveAsync(first, seller, default)));
        Assert.Equal("segments.name-taken", await RefusedAsync(() => Segments.AddAsync("SECOND", null, ConditionGroup.Everybody, false, seller, default)));
    }

    [Fact]
    public async Task Change_OverAnothersChange_IsRefused()
    {
        var seller = await SellerAsync();
        var id = await Segments.AddAsync("Twice", null, ConditionGroup.Everybody, false, seller, default);
        var seen = (await Query.ListAsync(seller, default)).Single(s => s.Id == id).Version;
        await Segments.ChangeAsync(id, "Once", null, ConditionGroup.Everybody, false, seen, seller, default);

        Assert.Equal("shared.changed-by", await RefusedAsync(() => Segments.ChangeAsync(id, "Again", null, ConditionGroup.Everybody, false, seen, seller, default)));
    }

    [Fact]
    public async Task StaticSegment_StandsStill_AndKeepsWhatPeopleDecided()
    {
        var (seller, other) = (await SellerAsync(), await SellerAsync());
        var foreign = await AddAsync(other, "Foreign");
        var (ash, beech) = (await AddAsync(seller, "Ash", town: "Odesa"), await AddAsync(seller, "Beech", town: "Odesa"));
        var elm = await AddAsync(seller, "Elm");
        var id = await Segments.AddAsync("Still", null, All(Test("town", ConditionOperator.Is, "Odesa")), false, seller, default);
        Assert.Equal("segments.moves", await RefusedAsync(() => Segments.PutInAsync(id, [elm], seller, default)));
        await Segments.RefreshAsync(id, seller, default);
        await AddAsync(seller, "Fir", town: "Odesa");
        await Segments.PutInAsync(id, [elm], seller, default);
        await Segments.TakeOutAsync(id, [ash], seller, default);

        Assert.Equal(["Beech", "Elm"], await NamesAsync());
        Assert.Equal("clients.partner-unknown", await RefusedAsync(() => Segments.PutInAsync(id, [foreign], seller, default)));
        await Segments.RefreshAsync(id, seller, default);
        Assert.Equal(["Beech", "Elm", "Fir"], await NamesAsync());
        await Segments.LetMoveAsync(id, seller, default);
        Assert.Equal(["Ash", "Beech", "Fir"], await NamesAsync());
        await Partners.ArchiveAsync([beech], seller, default);
        Assert.Equal(["Ash", "Fir"], await NamesAsync());

        async Task<string[]> NamesAsync() => [.. (await Query.PreviewAsync(id, seller, default))!.First.Select(p => p.Name)];
    }

    [Fact]
    public async Task List_JoinsTheSegmentWithItsOtherFilters()
    {
        var seller = await SellerAsync();
        var tagged = await AddAsync(seller, "Gorse", town: "Odesa");
        await AddAsync(seller, "Hazel", PartnerStanding.Lost, "Odesa");
        await AddAsync(seller, "Ivy");
        await office.Services.GetRequiredService<ObjectTags>().AddAsync(new(ObjectKind.Partner, tagged.Value), "key account", seller, default);
        var id = await Segments.AddAsync("In Odesa", null, All(Test("town", ConditionOperator.Contains, "DES")), false, seller, default);

        Assert.Equal(["Gorse", "Hazel"], (await List.ListAsync(new(Segment: id), PartnerSort.Name, false, Slice.All, seller, default)).Rows.Select(p => p.Name));
        Assert.Equal(["Hazel"], (await List.ListAsync(new(Segment: id, Standing: PartnerStanding.Lost), PartnerSort.Name, false, Slice.All, seller, default)).Rows.Select(p => p.Name));
        Assert.Equal(["Gorse"], await MeantAsync(All(Test("segment", ConditionOperator.Is, id.Value.ToString()), Test("tag", ConditionOperator.Is, "Key Account")), seller));
    }
}
