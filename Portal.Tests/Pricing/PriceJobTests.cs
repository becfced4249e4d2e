using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;
using Portal.Tests.Work;

namespace Portal.Tests.Pricing;

/// <summary>The catalogue, price lists and discounts on a real database.</summary>
public sealed class PriceJobTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private ProductRegistry Products => office.Services.GetRequiredService<ProductRegistry>();
    private ProductGroups Groups => office.Services.GetRequiredService<ProductGroups>();
    private ProductListQuery List => office.Services.GetRequiredService<ProductListQuery>();
    private ProductDetailsQuery Cards => office.Services.GetRequiredService<ProductDetailsQuery>();
    private PriceListRegistry Lists => office.Services.GetRequiredService<PriceListRegistry>();
    private PriceListQuery Grids => office.Services.GetRequiredService<PriceListQuery>();
    private PriceRaises Raises => office.Services.GetRequiredService<PriceRaises>();
    private DiscountRegistry Discounts => office.Services.GetRequiredService<DiscountRegistry>();
    private PriceQuery Prices => office.Services.GetRequiredService<PriceQuery>();

    private Task<Actor> HeadAsync() => office.PersonAsync(Unique("Head"), Permissions.PricingRead, Permissions.PricingManage, Permissions.PricingCost, Permissions.ClientsRead, Permissions.ClientsManage);

    private Task<Actor> SellerAsync() => office.PersonAsync(Unique("Seller"), Permissions.PricingRead, Permissions.ClientsRead, Permissions.ClientsManage);

    private static string Unique(string name) => $"{name} {Guid.NewGuid():N}"[..(name.Length + 9)];

    private static ProductDetails Goods(string name, decimal? cost = null, ProductGroupId? group = null) => new(Unique("C"), name, group, ProductKind.Goods, "pcs", 20, cost is { } known ? new(known, "EUR") : null);

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private Task<PriceListId> ListAsync(Actor head, PriceListTerms? terms = null) => Lists.AddAsync((terms ?? new("", PriceListKind.Wholesale, "EUR")) with { Name = Unique("List") }, head, default);

    [Fact]
    public async Task Code_IsUnique_AndHeedsCapitals()
    {
        var head = await HeadAsync();
        var first = Goods("Shelf");
        await Products.AddAsync(first, [], head, default);

        Assert.Equal("pricing.code-taken", await RefusedAsync(() => Products.AddAsync(first with { Name = "Another" }, [], head, default)));
        await Products.AddAsync(first with { Code = first.Code.ToLowerInvariant() }, [], head, default);
        Assert.Equal("identity.not-allowed", await RefusedAsync(async () => await Products.AddAsync(Goods("Shelf"), [], await SellerAsync(), default)));
    }

    [Theory]
    [InlineData("клен садовый")]
    [InlineData("Клён САДОВЫЙ")]
    public async Task Goods_AreFoundWithAndWithoutTheDotsOfYo(string typed)
    {
        var (head, tag) = (await HeadAsync(), Unique("t"));
        await Products.AddAsync(Goods($"Клён садовый {tag}"), [], head, default);
        await Products.AddAsync(Goods($"Клен садовый {tag}"), [], head, default);

        Assert.Equal(2, (await List.SuggestAsync($"{typed} {tag}", head, default)).Count);
    }

    [Fact]
    public async Task Cost_WithoutTheRight_IsNeitherReadNorChanged()
    {
        var (head, seller) = (await HeadAsync(), await office.PersonAsync(Unique("Keeper"), Permissions.PricingRead, Permissions.PricingManage));
        var id = await Products.AddAsync(Goods("Bench", 40) with { MarginFloor = 20 }, [], head, default);
        var list = await ListAsync(head);
        await Lists.SetPriceAsync(list, id, "", 0, 45, head, default);

        var card = (await Cards.FindAsync(id, seller, default))!;
        Assert.Equal((null, null, null), (card.Details.Cost, card.Details.MarginFloor, card.Floor));
        Assert.Empty(card.Costs);
        Assert.All(card.Prices, p => Assert.Null(p.Margin));
        await Products.ChangeAsync(id, card.Details with { Name = "Bench, oak", Cost = new(1, "EUR"), MarginFloor = 0 }, [], card.Version, seller, default);
        Assert.Null((await List.ListAsync(new(card.Details.Code), ProductSort.Code, false, Slice.All, seller, default)).Rows.Single().Cost);
        Assert.Null((await Grids.GridAsync(list, new(), Slice.All, seller, default)).Rows.Single().Margin);

        var (told, whole) = ((await Prices.PriceAsync([new(id, null, 1)], PriceTerms.ForAnybody(new(2026, 3, 2), "EUR"), seller, default))[0], (await Prices.PriceAsync([new(id, null, 1)], PriceTerms.ForAnybody(new(2026, 3, 2), "EUR"), head, default))[0]);
        Assert.Equal((40m, 50m, true), (whole.Cost, whole.FloorPrice, whole.NeedsApproval));
        Assert.Equal((null, null, true), (told.Cost, told.FloorPrice, told.NeedsApproval));
        Assert.Equal(new(40, "EUR"), (await Cards.FindAsync(id, head, default))!.Details.Cost);
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Lists.AddAsync(new("Cost plus", PriceListKind.Special, "EUR", Basis: PriceBasis.OverCost, Markup: 10), seller, default)));
    }

    [Fact]
    public async Task Groups_MakeATree_ThatIsNoCircle_AndCountWhatIsBelow()
    {
        var head = await HeadAsync();
        var racks = await Groups.AddAsync(Unique("Racks"), null, 25, head, default);
        var pallets = await Groups.AddAsync("Pallet racks", racks, null, head, default);
        await Products.AddAsync(Goods("Pallet rack", 60, pallets), [], head, default);

        var tree = await Groups.TreeAsync(false, head, default);
        Assert.Equal((1, 0), tree.Where(g => g.Id == racks).Select(g => (g.Products, g.Depth)).Single());
        Assert.Equal((1, 1), tree.Where(g => g.Id == pallets).Select(g => (g.Products, g.Depth)).Single());
        var row = tree.Single(g => g.Id == racks);
        Assert.Equal("pricing.group-in-itself", await RefusedAsync(() => Groups.ChangeAsync(racks, row.Name, pallets, null, row.Version, head, default)));
        Assert.Equal("pricing.group-name-taken", await RefusedAsync(() => Groups.AddAsync("PALLET RACKS", racks, null, head, default)));
        Assert.Equal("pricing.group-not-empty", await RefusedAsync(() => Groups.ArchiveAsync(racks, head, default)));
        Assert.Single((await List.ListAsync(new(Group: racks), ProductSort.Name, false, Slice.All, head, default)).Rows);
        var id = (await List.IdsAsync(new(Group: racks), head, default)).Single();
        Assert.Equal(25, (await Cards.FindAsync(id, head, default))!.Floor);
    }

    [Fact]
    public async Task Kit_CostsWhatItsPartsCost_ThroughKitsWithinIt_AndHoldsItselfNowhere()
    {
        var head = await HeadAsync();
        var (leg, top) = (await Products.AddAsync(Goods("Leg", 5), [], head, default), await Products.AddAsync(Goods("Top", 30) with { Cost = new(30, "USD") }, [], head, default));
        var table = await Products.AddAsync(Goods("Table") with { Kind = ProductKind.Kit }, [new(leg, 4), new(top, 1)], head, default);
        var office2 = await Products.AddAsync(Goods("Office") with { Kind = ProductKind.Kit }, [new(table, 2), new(leg, 1)], head, default);

        var card = (await Cards.FindAsync(office2, head, default))!;
        Assert.Equal([new Money(45, "EUR"), new Money(60, "USD")], card.Costs.OrderBy(c => c.Currency));
        var inner = (await Cards.FindAsync(table, head, default))!;
        Assert.Equal([office2], inner.In.Select(k => k.Id));
        Assert.Equal("pricing.kit-in-itself", await RefusedAsync(() => Products.ChangeAsync(table, inner.Details, [new(office2, 1)], inner.Version, head, default)));
        var price = (await Prices.PriceAsync([new(office2, null, 1, Asked: 200)], PriceTerms.ForAnybody(new(2026, 3, 2), "EUR") with { Rates = new Dictionary<string, decimal> { ["USD"] = 0.5m } }, head, default))[0];
        Assert.Equal(75, price.Cost);
        var unknown = await Products.AddAsync(Goods("Lamp"), [], head, default);
        await Products.ChangeAsync(table, inner.Details, [new(leg, 4), new(unknown, 1)], inner.Version, head, default);
        Assert.Empty((await Cards.FindAsync(office2, head, default))!.Costs);
    }

    [Fact]
    public async Task ChangeMany_SetsOneThing_WithAnAuditRowForEachThatItIsNewFor()
    {
        var head = await HeadAsync();
        ProductId[] ids = [await Products.AddAsync(Goods("One"), [], head, default), await Products.AddAsync(Goods("Two"), [], head, default), await Products.AddAsync(Goods("Three") with { VatRate = 9 }, [], head, default)];

        Assert.Equal(2, await Products.ChangeManyAsync(ids, new(VatRate: 9), head, default));
        Assert.Equal(3, await Products.ChangeManyAsync(ids, new(Archived: true), head, default));
        await using var db = office.Open();
        Assert.All(await db.Set<Product>().Where(p => ids.Contains(p.Id)).ToListAsync(), p => Assert.Equal((9m, true), (p.VatRate, p.Archived)));
        var raw = ids.Select(i => i.Value).ToList();
        Assert.Equal(["{\"Archived\": true}", "{\"VatRate\": 9}"], (await db.Set<AuditRow>().Where(r => raw.Contains(r.ObjectId) && r.Action == "changed").Select(r => r.After!).ToListAsync()).Distinct().Order());
        Assert.Equal("number.out-of-range", await RefusedAsync(() => Products.ChangeManyAsync(ids, new(VatRate: 120), head, default)));
        Assert.Equal("pricing.group-unknown", await RefusedAsync(() => Products.ChangeManyAsync(ids, new(Group: ProductGroupId.New()), head, default)));
    }

    [Fact]
    public async Task Products_AreFoundByCodeAndName_AlsoInTheWrongLayout()
    {
        var head = await HeadAsync();
        var rack = Goods("Стеллаж паллетный Zvezda");
        var id = await Products.AddAsync(rack, [], head, default);

        foreach (var typed in new[] { rack.Code.ToLowerInvariant(), "паллетный zvez", "gfkktnysq" })
            Assert.Contains(id, (await List.ListAsync(new(typed), ProductSort.Code, false, Slice.All, head, default)).Rows.Select(r => r.Id));
        Assert.Equal(id, (await List.SuggestAsync(rack.Code, head, default))[0].Id);
    }

    [Fact]
    public async Task Products_AreFoundByTheSearchForEverything_WithTheRightAlone_WhateverTheBranch()
    {
        var head = await HeadAsync();
        var rack = Goods("Kittiwake rack");
        var id = await Products.AddAsync(rack, [], head, default);
        var search = office.Services.GetRequiredService<SearchQuery>();

        Assert.Contains(id.Value, (await search.FindAsync($"kittiwake {rack.Code}", (await SellerAsync()) with { Scope = ActorScope.Branch }, default)).Select(r => r.ObjectId));
        Assert.Empty(await search.FindAsync($"kittiwake {rack.Code}", await office.PersonAsync(Unique("Nobody"), Permissions.ClientsRead), default));
    }

    [Fact]
    public async Task Price_OfAUnitThatIsGone_CanOnlyBeTakenOut()
    {
        var head = await HeadAsync();
        var crate = Goods("Crate") with { Units = [new("pallet", 40)] };
        var id = await Products.AddAsync(crate, [], head, default);
        var list = await ListAsync(head);
        await Lists.SetPriceAsync(list, id, "pallet", 0, 300, head, default);
        await Products.ChangeAsync(id, crate with { Units = [] }, [], (await Cards.FindAsync(id, head, default))!.Version, head, default);

        Assert.Equal("pricing.unit-unknown", await RefusedAsync(() => Lists.SetPriceAsync(list, id, "pallet", 0, 310, head, default)));
        Assert.Equal("pallet", Assert.Single((await Grids.GridAsync(list, new(), Slice.All, head, default)).Rows).Unit);
        Assert.DoesNotContain("pallet", (await Cards.FindAsync(id, head, default))!.Prices.Select(p => p.Unit));
        await Lists.SetPriceAsync(list, id, "pallet", 0, null, head, default);
        Assert.Empty((await Grids.GridAsync(list, new(), Slice.All, head, default)).Rows);
    }

    [Fact]
    public async Task Terms_OfAClient_KnowHisAgreementsAndSegments_WithinReach()
    {
        var (head, seller) = (await HeadAsync(), await SellerAsync());
        var partners = office.Services.GetRequiredService<PartnerRegistry>();
        var name = Unique("Zenith");
        var client = await partners.AddAsync(new(name, PartnerKinds.Client), head, default);
        var agreement = await office.Services.GetRequiredService<AgreementRegistry>().AddAsync(client, new(AgreementKind.Agreement, "F-1", null, null, new(2026, 1, 1), new(2026, 12, 31), 30, null, null), head, default);
        var segment = await office.Services.GetRequiredService<SegmentRegistry>().AddAsync(Unique("Named"), null, new(ConditionJoin.All, [new ConditionTest("name", ConditionOperator.Is, [name])]), true, head, default);
        var product = await Products.AddAsync(Goods("Box"), [], head, default);
        var (forSegment, agreed) = (await ListAsync(head, new("", PriceListKind.Special, "EUR", Segment: segment)), await ListAsync(head, new("", PriceListKind.Special, "EUR", Agreement: agreement)));
        await Lists.SetPriceAsync(forSegment, product, "", 0, 9, head, default);
        await Lists.SetPriceAsync(agreed, product, "", 0, 8, head, default);

        var terms = await Prices.TermsAsync(client, new(2026, 6, 1), null, head, default);
        Assert.Equal(("EUR", segment, agreement), (terms.Currency, terms.Segments.Single(), terms.Agreements.Single()));
        Assert.Equal(8, (await Prices.PriceAsync([new(product, null, 1)], terms, head, default))[0].Net);
        Assert.Equal(9, (await Prices.PriceAsync([new(product, null, 1)], await Prices.TermsAsync(client, new(2027, 6, 1), null, head, default), head, default))[0].Net);
        Assert.Null((await Prices.PriceAsync([new(product, null, 1)], await Prices.TermsAsync(null, new(2026, 6, 1), null, head, default), head, default))[0].Net);
        var outside = seller with { Scope = ActorScope.Own };
        Assert.Equal("clients.partner-unknown", await RefusedAsync(() => Prices.TermsAsync(client, null, null, outside, default)));
        Assert.DoesNotContain(agreed, (await Grids.ListAsync(false, outside, default)).Select(l => l.Id));
        Assert.Equal("segments.in-use-by-prices", await RefusedAsync(() => office.Services.GetRequiredService<SegmentRegistry>().RemoveAsync(segment, head, default)));
    }

    [Fact]
    public async Task Raise_IsShownFirst_AndUndoneWhereNothingChangedSince()
    {
        var head = await HeadAsync();
        var (one, two) = (await Products.AddAsync(Goods("One"), [], head, default), await Products.AddAsync(Goods("Two"), [], head, default));
        var list = await ListAsync(head);
        await Lists.SetPriceAsync(list, one, "", 0, 10.05m, head, default);
        await Lists.SetPriceAsync(list, two, "", 0, 99.99m, head, default);
        await Lists.SetPriceAsync(list, two, "", 10, 0, head, default);

        var order = new RaiseOrder(list, 10, 0.1m);
        var preview = await Raises.PreviewAsync(order, head, default);
        Assert.Equal((2, 11.1m), (preview.Prices, preview.First.Single(l => l.Name == "One").After));
        // what stays as it is, is not shown
        Assert.All(preview.First, line => Assert.NotEqual(line.Before, line.After));
        var raise = await Raises.RaiseAsync(order, head, default);
        Assert.Equal([11.1m, 0m, 110m], await OwnAsync());
        await Lists.SetPriceAsync(list, two, "", 0, 120, head, default);
        Assert.Equal((1, 1), await Raises.UndoAsync(raise, head, default));
        Assert.Equal([10.05m, 0m, 120m], await OwnAsync());
        Assert.Equal("pricing.raise-undone", await RefusedAsync(() => Raises.UndoAsync(raise, head, default)));
        Assert.Equal("pricing.raise-by-nothing", await RefusedAsync(() => Raises.PreviewAsync(order with { Percent = 0 }, head, default)));
        Assert.Equal("number.out-of-range", await RefusedAsync(() => Raises.RaiseAsync(order with { Percent = -101 }, head, default)));

        async Task<decimal[]> OwnAsync() => [.. (await Grids.GridAsync(list, new(), Slice.All, head, default)).Rows.OrderBy(r => r.Name).ThenByDescending(r => r.FromQuantity).Select(r => r.Price!.Value)];
    }

    [Fact]
    public async Task Copy_TakesTermsAndPrices_AndCirclesOfListsAreRefused()
    {
        var head = await HeadAsync();
        var product = await Products.AddAsync(Goods("One"), [], head, default);
        var list = await ListAsync(head);
        await Lists.SetPriceAsync(list, product, "", 5, 10, head, default);

        var copy = await Lists.CopyAsync(list, Unique("Copy"), head, default);
        Assert.Equal((5m, 10m), (await Grids.GridAsync(copy, new(), Slice.All, head, default)).Rows.Select(r => (r.FromQuantity, r.Price!.Value)).Single());
        var over = await ListAsync(head, new("", PriceListKind.Dealer, "EUR", Basis: PriceBasis.OverList, Base: list, Markup: 10));
        var code = (await Cards.FindAsync(product, head, default))!.Details.Code;
        Assert.Null(Assert.Single((await Grids.GridAsync(over, new(code), Slice.All, head, default)).Rows).Reckoned);
        await Lists.SetPriceAsync(list, product, "", 0, 10, head, default);
        Assert.Equal(11, Assert.Single((await Grids.GridAsync(over, new(code), Slice.All, head, default)).Rows).Reckoned);
        var row = (await Grids.FindAsync(list, head, default))!;
        Assert.Equal("pricing.list-in-circle", await RefusedAsync(() => Lists.ChangeAsync(list, row.Terms with { Basis = PriceBasis.OverList, Base = over }, row.Version, head, default)));
        Assert.Equal("pricing.list-is-base", await RefusedAsync(() => Lists.SetArchivedAsync(list, true, head, default)));
        Assert.Equal("pricing.unit-unknown", await RefusedAsync(() => Lists.SetPriceAsync(list, product, "barrel", 0, 1, head, default)));
    }

    [Fact]
    public async Task Discounts_KeepTheOrderTheyAreMovedTo()
    {
        var head = await HeadAsync();
        List<DiscountRuleId> ids = [];
        foreach (var name in new[] { "A", "B", "C" }) ids.Add(await Discounts.AddAsync(new(name, Percent: 1, FromQuantity: 900_000_000), head, default));

        await Discounts.MoveAsync(ids[2], ids[0], head, default);
        Assert.Equal(["C", "A", "B"], await OrderAsync());
        await Discounts.MoveAsync(ids[2], null, head, default);
        Assert.Equal(["A", "B", "C"], await OrderAsync());
        await Discounts.SetArchivedAsync(ids[0], true, head, default);
        Assert.Equal(["B", "C"], await OrderAsync());
        Assert.Equal("segments.unknown", await RefusedAsync(() => Discounts.AddAsync(new("D", Percent: 1, Segment: SegmentId.New()), head, default)));

        async Task<List<string>> OrderAsync() => [.. (await Discounts.ListAsync(false, head, default)).Where(d => ids.Contains(d.Id)).Select(d => d.Terms.Name)];
    }
}
