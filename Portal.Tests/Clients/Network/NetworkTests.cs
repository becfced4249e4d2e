using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.GroupChange;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.GroupChange;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Tests.Dispatch;
using Portal.Tests.Work;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Clients.Network;

/// <summary>A network of clients: what stands where, what counts, who sees it, and how a branch moves.</summary>
public sealed class NetworkTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private NetworkQuery Query => office.Services.GetRequiredService<NetworkQuery>();
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();
    private PartnerListQuery List => office.Services.GetRequiredService<PartnerListQuery>();
    private PartnerDetailsQuery Details => office.Services.GetRequiredService<PartnerDetailsQuery>();
    private CounterpartyRegistry Entities => office.Services.GetRequiredService<CounterpartyRegistry>();

    private Task<PartnerId> AddAsync(string name, PartnerId? above, NetworkLevel level, Actor by, Guid? responsible = null) =>
        Partners.AddAsync(new(name, PartnerKinds.Client, Parent: above, Level: level, Responsible: responsible), by, default);

    private async Task<uint> VersionAsync(PartnerId id, Actor actor) => (await Details.FindAsync(id, actor, default))!.Head.Version;

    private async Task MoveAsync(PartnerId id, PartnerId? above, Actor actor) => await Partners.MoveAsync(id, above, await VersionAsync(id, actor), actor, default);

    private async Task<NetworkFigures> FiguresAsync(PartnerId id, Actor actor) => (await Query.PathAsync(id, actor, default))[^1].Figures;

    private sealed record Holding(PartnerId Head, PartnerId North, PartnerId South, PartnerId First, PartnerId Second, PartnerId Third, Actor Seller);

    /// <summary>A holding with two regions; two outlets in the north, one in the south.</summary>
    private async Task<Holding> FoundAsync(Actor? owner = null)
    {
        var seller = owner ?? await office.SellerAsync();
        var head = await AddAsync("Oakmast Holding", null, NetworkLevel.Holding, seller, seller.UserId);
        var (north, south) = (await AddAsync("North", head, NetworkLevel.Region, seller, seller.UserId), await AddAsync("South", head, NetworkLevel.Region, seller));
        return new(head, north, south, await AddAsync("Acorn 1", north, NetworkLevel.Outlet, seller, seller.UserId), await AddAsync("Acorn 2", north, NetworkLevel.Outlet, seller),
            await AddAsync("Acorn 3", south, NetworkLevel.Outlet, seller), seller);
    }

    [Fact]
    public async Task Tree_CountsTheWholeBranch_AndIsReadASliceAtATime()
    {
        var net = await FoundAsync();
        await Entities.AddAsync(net.Head, new("Oakmast Ltd", TaxNumber: "OM-1"), net.Seller, default);
        await Entities.AddAsync(net.Third, new("Acorn Three Ltd", TaxNumber: "OM-2"), net.Seller, default);
        await using (var db = office.Open())
        {
            db.Add(new Interaction(InteractionId.New(), net.First, new(InteractionKind.Call, InteractionDirection.Outgoing, Now.AddDays(-2), 10, "Talked", null, null), InteractionState.Held, net.Seller.UserId, null, Now, net.Seller));
            db.Add(new Interaction(InteractionId.New(), net.Second, new(InteractionKind.Note, InteractionDirection.Outgoing, Now.AddDays(-1), 0, null, "only a note", null), InteractionState.Held, net.Seller.UserId, null, Now, net.Seller));
            db.Add(new Interaction(InteractionId.New(), net.Second, new(InteractionKind.Meeting, InteractionDirection.Outgoing, Now.AddDays(9), 60, "Will meet", null, null), InteractionState.Planned, net.Seller.UserId, null, Now, net.Seller));
            await db.SaveChangesAsync();
        }

        var path = await Query.PathAsync(net.First, net.Seller, default);
        var regions = await Query.BelowAsync(net.Head, new(0, 1), net.Seller, default);
        var rest = await Query.BelowAsync(net.Head, new(1, 50), net.Seller, default);

        Assert.Equal([net.Head, net.North, net.First], path.Select(n => n.Id));
        Assert.Equal(new(6, 3, 2, 3, 1, Now.AddDays(-2)), path[0].Figures);
        Assert.Equal(("Oakmast Ltd", "OM-1"), (path[0].Entity, path[0].TaxNumber));
        Assert.Equal((2, net.North), (regions.Total, Assert.Single(regions.Rows).Id));
        Assert.Equal(new(2, 1, 1, 2, 0, null), Assert.Single(rest.Rows).Figures);
        Assert.True(rest.Rows[0].HasBranch);
        Assert.False((await Query.BelowAsync(net.South, Slice.All, net.Seller, default)).Rows[0].HasBranch);
    }

    [Fact]
    public async Task Tree_OfNarrowerReach_ShowsAndCountsNobodyElses_AndDrawsTogetherWhatIsBelowThem()
    {
        var (owner, narrow) = (await office.SellerAsync(), await office.SellerAsync(ActorScope.Own));
        var net = await FoundAsync(owner);
        await Partners.HandToAsync([net.Head, net.First, net.Second, net.Third], narrow.UserId, owner, default);
        await Entities.AddAsync(net.North, new("North Ltd", TaxNumber: "N-1"), owner, default);

        var path = await Query.PathAsync(net.First, narrow, default);
        var below = await Query.BelowAsync(net.Head, Slice.All, narrow, default);

        Assert.Equal([net.Head, net.First], path.Select(n => n.Id));
        Assert.Equal((4, 3, 0), (path[0].Figures.Clients, path[0].Figures.Outlets, path[0].Figures.Entities));
        Assert.Equal([net.First, net.Second, net.Third], below.Rows.Select(r => r.Id));
        Assert.Empty(await Query.PathAsync(net.North, narrow, default));
        Assert.Empty((await Query.EntitiesAsync(net.Head, Slice.All, narrow, default)).Rows);
        Assert.Equal(0, (await Query.FindAsync(net.Head, "North", narrow, default)).Total);
        Assert.Null((await Details.FindAsync(net.First, narrow, default))!.Head.Parent);
    }

    [Theory, InlineData(ActorScope.Own), InlineData(ActorScope.Team), InlineData(ActorScope.Branch), InlineData(ActorScope.All)]
    public async Task Figures_OfEveryReach_AreThoseOfTheListOfTheBranch(ActorScope scope)
    {
        var reader = await office.SellerAsync(scope);
        var mate = await office.SellerAsync();
        reader = reader with { BranchId = office.Branch.Value, Teammates = [mate.UserId] };
        var net = await FoundAsync();
        await Partners.HandToAsync([net.Head, net.Second], reader.UserId, net.Seller, default);
        await Partners.HandToAsync([net.Third], mate.UserId, net.Seller, default);
        var far = BranchId.New();
        await using (var db = office.Open())
        {
            db.Add(new Branch(far, (await db.Set<Company>().SingleAsync()).Id, $"Far {far.Value}", "UTC"));
            (await db.Set<Partner>().SingleAsync(p => p.Id == net.North)).HandTo(net.Seller.UserId, far);
            await db.SaveChangesAsync();
        }

        var listed = await List.ListAsync(new(Above: net.Head), PartnerSort.Name, false, Slice.All, reader, default);

        Assert.Equal(scope switch { ActorScope.Own => 2, ActorScope.Team => 3, ActorScope.Branch => 5, _ => 6 }, listed.Total);
        Assert.Equal(listed.Total, (await FiguresAsync(net.Head, reader)).Clients);
    }

    [Fact]
    public async Task Entities_ServeTheirClient_AndThoseBelowThatHaveNone()
    {
        var net = await FoundAsync();
        var whole = await Entities.AddAsync(net.Head, new("Oakmast Ltd", TaxNumber: "OM-1"), net.Seller, default);
        var north = await Entities.AddAsync(net.North, new("North Ltd", TaxNumber: "OM-2", Parent: whole), net.Seller, default);

        var all = await Query.EntitiesAsync(net.Head, Slice.All, net.Seller, default);
        var ofOutlet = await Query.EntitiesAsync(net.First, Slice.All, net.Seller, default);
        var served = await Query.ServedByAsync(net.Head, whole, Slice.All, net.Seller, default);

        Assert.Equal(new[] { (north, 3, net.North), (whole, 3, net.Head) }, all.Rows.Select(e => (e.Id, e.Serves, e.OwnerId)));
        Assert.Equal(("Oakmast Ltd", "OM-2"), (all.Rows[0].Parent, all.Rows[0].TaxNumber));
        Assert.Equal((north, 1), (Assert.Single(ofOutlet.Rows).Id, ofOutlet.Rows[0].Serves));
        Assert.Equal(new[] { net.Third, net.Head, net.South }.Select(p => p.Value), served.Rows.Select(r => r.ObjectId));
    }

    [Fact]
    public async Task TaxNumbers_ThatAreConfidential_AreToldOfOnesOwnClientsOnly()
    {
        var net = await FoundAsync();
        await Entities.AddAsync(net.Head, new("Oakmast Ltd", TaxNumber: "OM-1"), net.Seller, default);
        await Entities.AddAsync(net.South, new("South Ltd", TaxNumber: "OM-2"), net.Seller, default);

        var reader = net.Seller with { Hidden = ConfidentialFields.TaxNumbers };

        Assert.Equal("OM-1", (await Query.PathAsync(net.Head, reader, default))[0].TaxNumber);
        Assert.Null((await Query.PathAsync(net.South, reader, default))[1].TaxNumber);
        Assert.Null(Assert.Single((await Query.EntitiesAsync(net.South, Slice.All, reader, default)).Rows).TaxNumber);
    }

    [Fact]
    public async Task Find_InANetwork_ShowsTheHitsUnderWhoIsAboveThem()
    {
        var net = await FoundAsync();
        await AddAsync("Acorn 3 of others", null, NetworkLevel.Single, net.Seller);

        var found = await Query.FindAsync(net.Head, "acorn 3", net.Seller, default);

        Assert.Equal(1, found.Total);
        Assert.Equal(new[] { (net.Head, 0, false), (net.South, 1, false), (net.Third, 2, true) }, found.Nodes.Select(n => (n.Node.Id, n.Depth, n.Hit)));
    }

    [Fact]
    public async Task Move_TakesTheBranchAlong_AndIsRefusedBelowItselfOrTooDeep()
    {
        var net = await FoundAsync();
        var seen = await VersionAsync(net.North, net.Seller);

        await MoveAsync(net.North, net.South, net.Seller);

        Assert.Equal([net.Head, net.South, net.North, net.First], (await Query.PathAsync(net.First, net.Seller, default)).Select(n => n.Id));
        Assert.Equal("clients.network-circle", (await RefusalOfAsync(() => MoveAsync(net.South, net.First, net.Seller))).Code);
        Assert.Equal("clients.own-parent", (await RefusalOfAsync(() => MoveAsync(net.South, net.South, net.Seller))).Code);
        Assert.Equal("shared.changed-by", (await RefusalOfAsync(() => Partners.MoveAsync(net.North, null, seen, net.Seller, default))).Code);
        var below = net.First;
        for (var i = 0; i < Partner.DeepestNetwork - 3; i++) below = await AddAsync($"Deeper {i}", below, NetworkLevel.Outlet, net.Seller);
        var other = await FoundAsync(net.Seller);
        Assert.Equal("clients.network-too-deep", (await RefusalOfAsync(() => MoveAsync(net.Head, other.First, net.Seller))).Code);
        Assert.Equal("clients.network-too-deep", (await RefusalOfAsync(() => AddAsync("Too deep", below, NetworkLevel.Outlet, net.Seller))).Code);
    }

    [Fact]
    public async Task Move_OfAClientOutsideOfNetworks_MakesItAnOutlet()
    {
        var net = await FoundAsync();
        var alone = await AddAsync("Lonely Pine", null, NetworkLevel.Single, net.Seller);

        await MoveAsync(alone, net.South, net.Seller);

        Assert.Equal((NetworkLevel.Outlet, net.South), ((await Details.FindAsync(alone, net.Seller, default))!.Head is var head ? (head.Level, head.ParentId!.Value) : default));
    }

    [Fact]
    public async Task Moves_OfTwoAtOnceUnderEachOther_CloseNoCircle()
    {
        var net = await FoundAsync();
        var (north, south) = (await VersionAsync(net.North, net.Seller), await VersionAsync(net.South, net.Seller));

        var refusals = await Task.WhenAll(RefusedAsync(net.North, net.South, north), RefusedAsync(net.South, net.North, south));

        Assert.Equal("clients.network-circle", Assert.Single(refusals, code => code is not null));
        Assert.Equal(6, (await FiguresAsync(net.Head, net.Seller)).Clients);

        async Task<string?> RefusedAsync(PartnerId id, PartnerId above, uint seen)
        {
            try
            {
                await Partners.MoveAsync(id, above, seen, net.Seller, default);
                return null;
            }
            catch (RuleBrokenException rule)
            {
                return rule.Code;
            }
        }
    }

    [Fact]
    public async Task ChangeOfMany_OfABranch_ReachesAllOfIt()
    {
        var net = await FoundAsync();
        var heir = await office.SellerAsync();
        var id = await office.Services.GetRequiredService<ChangeDesk>().StartAsync(new(ClientField.Responsible, null, heir.UserId.ToString()), new(null, new(Above: net.North)), net.Seller, default);

        await office.Services.GetRequiredService<ChangeWork>().RunAsync(id, default);

        Assert.Equal([net.First, net.Second, net.North], (await List.ListAsync(new(Responsible: heir.UserId), PartnerSort.Name, false, Slice.All, net.Seller, default)).Rows.Select(r => r.Id));
    }

    [Fact]
    public async Task Archived_RegionIsWalkedThrough()
    {
        var net = await FoundAsync();

        await Partners.ArchiveAsync([net.North], net.Seller, default);

        Assert.Equal([net.South, net.First, net.Second], (await Query.BelowAsync(net.Head, Slice.All, net.Seller, default)).Rows.Select(r => r.Id));
        Assert.Equal(5, (await FiguresAsync(net.Head, net.Seller)).Clients);
    }
}
