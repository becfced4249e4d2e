using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Demo;

/// <summary>What the demo company sells: racks, workbenches, cabinets and what goes with them, services and kits, with price lists and discounts.</summary>
public sealed class DemoPrices(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private static readonly (string Name, decimal Cost)[] Extras =
    [
        ("Finch hook, single", 0.9m), ("Finch hook, double", 1.4m), ("Finch hook, long", 1.7m), ("Finch tool clip", 1.1m), ("Finch shelf divider", 2.3m), ("Finch label holder, 100", 12),
        ("Finch label holder, 200", 21), ("Finch anti-slip mat, 1 m", 6.5m), ("Finch anti-slip mat, 3 m", 17), ("Finch lamp, 60 cm", 24), ("Finch lamp, 120 cm", 39), ("Finch lamp, clamp", 31),
        ("Finch foot plate", 1.9m), ("Finch corner guard", 8.4m), ("Finch wall anchor", 0.7m), ("Finch cross brace", 5.2m), ("Finch back panel", 14), ("Finch side panel", 12.5m),
        ("Finch perforated board", 19), ("Finch cable duct", 9.8m), ("Finch socket strip", 17.5m), ("Finch castors, set of 4", 22), ("Finch paint pen, grey", 3.1m), ("Finch load sign", 2.6m),
    ];

    private static readonly (string Name, string Unit, decimal Cost, decimal Price)[] Services =
    [
        ("Survey of the hall", "visit", 60, 120), ("Drawing of the layout", "h", 22, 48), ("Delivery in town", "trip", 25, 45), ("Delivery beyond the town", "km", 0.6m, 1.2m), ("Assembly of shelf racks", "pcs", 9, 18),
        ("Assembly of pallet racks", "pcs", 38, 75), ("Assembly of workbenches", "pcs", 14, 28), ("Yearly inspection of racks", "visit", 90, 190), ("Removal of old racks", "h", 18, 36), ("Training in safe loading", "h", 30, 70),
    ];

    private readonly Dictionary<string, Product> products = [];
    private readonly Dictionary<string, decimal> retail = [];

    /// <summary>Founds it once.</summary>
    public async Task FoundAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("demo"));
        if (await db.Set<Product>().AnyAsync(ct)) return;
        var key = await db.Set<Segment>().Where(s => s.Name == "Key accounts").Select(s => (SegmentId?)s.Id).FirstOrDefaultAsync(ct);
        var agreement = await db.Set<Agreement>().Where(a => !a.Archived && a.ValidUntil == null).OrderBy(a => a.Id).Select(a => (AgreementId?)a.Id).FirstOrDefaultAsync(ct);
        var racks = Group(db, "Racks", floor: 20);
        Goods(db, Group(db, "Shelf racks", racks), Sizes("Heron shelf rack", "HR", [700, 900, 1000, 1200], [300, 400, 500, 600], (width, depth) => 18 + width * 0.02m + depth * 0.03m));
        Goods(db, Group(db, "Pallet racks", racks), Sizes("Stork pallet rack", "SP", [1800, 2700, 3600], [2500, 4000, 6000], (width, height) => 40 + width * 0.03m + height * 0.02m));
        Goods(db, Group(db, "Archive racks", racks), Sizes("Wren archive rack", "WA", [750, 1000], [300, 600, 800], (width, depth) => 22 + width * 0.02m + depth * 0.02m));
        var benches = Group(db, "Workbenches");
        Goods(db, benches, Sizes("Otter workbench", "OW", [1200, 1500, 1800, 2000], [600, 700, 800], (width, depth) => 60 + width * 0.05m + depth * 0.06m));
        Goods(db, benches, Enumerable.Range(3, 4).Select(drawers => ($"OD-{drawers}", $"Otter drawer unit, {drawers} drawers", 48m + drawers * 11, (IReadOnlyList<Characteristic>)[new("Drawers", $"{drawers}")])));
        var cabinets = Group(db, "Cabinets and lockers");
        Goods(db, cabinets, Sizes("Badger tool cabinet", "BC", [600, 900, 1200], [1000, 2000], (width, height) => 45 + width * 0.05m + height * 0.04m));
        Goods(db, cabinets, Enumerable.Range(1, 4).SelectMany(doors => new[] { 300, 400 }.Select(width => ($"BL-{doors}-{width}", $"Badger locker, {doors} doors of {width} mm", 38m + doors * 17 + width * 0.05m, (IReadOnlyList<Characteristic>)[new("Doors", $"{doors}"), new("Width", $"{width} mm")]))));
        var trolleys = Group(db, "Trolleys");
        Goods(db, trolleys, Sizes("Hare platform trolley", "HT", [800, 1000], [500, 700], (length, width) => 30 + length * 0.03m + width * 0.03m).Concat(
            new[] { 3, 5, 7 }.Select(drawers => ($"HD-{drawers}", $"Hare tool trolley, {drawers} drawers", 70m + drawers * 15, (IReadOnlyList<Characteristic>)[new("Drawers", $"{drawers}")]))));
        var boxes = Group(db, "Containers");
        Goods(db, boxes, Enumerable.Range(1, 10).Select(size => ($"AC-{size:00}", $"Acorn container {size * 4} l", 0.8m + size * 0.7m, (IReadOnlyList<Characteristic>)[new("Volume", $"{size * 4} l")])), [new("box", 20)]);
        Goods(db, Group(db, "Extras"), Extras.Select((extra, i) => ($"FX-{i + 1:00}", extra.Name, extra.Cost, (IReadOnlyList<Characteristic>)[])));
        var services = Group(db, "Services");
        foreach (var (service, i) in Services.Select((s, i) => (s, i)))
        {
            Add(db, new($"SV-{i + 1:00}", service.Name, services, ProductKind.Service, service.Unit, 20, new(service.Cost, "EUR")));
            retail[$"SV-{i + 1:00}"] = service.Price;
        }
        AddKits(db, Group(db, "Kits"));
        AddLists(db, key, agreement);
        AddDiscounts(db, key, racks, benches, trolleys);
        db.Add(PricingSettingsStore.Row(new PricingSettings(18, 10, 20) { Rates = { ["USD"] = 0.92m, ["UAH"] = 0.021m } }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
    }

    private static ProductGroupId Group(PortalDb db, string name, ProductGroupId? parent = null, decimal? floor = null)
    {
        var group = new ProductGroup(ProductGroupId.New(), name, parent, floor);
        db.Add(group);
        return group.Id;
    }

    private static IEnumerable<(string Code, string Name, decimal Cost, IReadOnlyList<Characteristic> Said)> Sizes(string name, string code, int[] ones, int[] others, Func<int, int, decimal> cost) =>
        from one in ones
        from other in others
        select ($"{code}-{one}-{other}", $"{name} {one}×{other}", cost(one, other), (IReadOnlyList<Characteristic>)[new("Size", $"{one} × {other} mm"), new("Colour", "RAL 7035")]);

    private void Goods(PortalDb db, ProductGroupId group, IEnumerable<(string Code, string Name, decimal Cost, IReadOnlyList<Characteristic> Said)> goods, IReadOnlyList<ProductUnit>? units = null)
    {
        foreach (var (code, name, cost, said) in goods)
        {
            Add(db, new(code, name, group, ProductKind.Goods, "pcs", 20, new(cost, "EUR")) { Characteristics = said, Units = units ?? [] });
            retail[code] = cost > 20 ? Math.Round(cost * 1.6m) : Math.Round(cost * 1.7m, 1);
        }
    }

    private void Add(PortalDb db, ProductDetails details)
    {
        var product = new Product(ProductId.New(), details);
        products[details.Code] = product;
        db.Add(product);
    }

    private void AddKits(PortalDb db, ProductGroupId group)
    {
        foreach (var (code, name, parts) in new (string, string, (string Code, decimal Quantity)[])[]
        {
            ("KT-01", "Garage kit", [("HR-900-400", 2), ("OW-1200-600", 1), ("OD-3", 1), ("AC-04", 20)]), ("KT-02", "Workshop for two", [("OW-1500-700", 2), ("OD-4", 2), ("BC-900-2000", 1), ("FX-11", 2), ("SV-07", 2)]),
            ("KT-03", "Archive room", [("WA-1000-300", 8), ("FX-07", 4), ("SV-05", 8)]), ("KT-04", "Packing station", [("OW-1800-800", 1), ("HR-700-300", 1), ("FX-19", 1), ("FX-21", 1)]),
            ("KT-05", "First warehouse", [("SP-2700-4000", 6), ("HT-1000-700", 2), ("SV-01", 1), ("SV-06", 6)]), ("KT-06", "Changing room", [("BL-2-300", 6), ("BL-4-300", 2)]),
        })
        {
            Add(db, new(code, name, group, ProductKind.Kit, "set", 20));
            foreach (var part in parts) db.Add(new KitPart(products[code].Id, products[part.Code].Id, part.Quantity));
            retail[code] = Math.Round(parts.Sum(part => retail[part.Code] * part.Quantity) * 0.95m);
        }
    }

    private void AddLists(PortalDb db, SegmentId? key, AgreementId? agreement)
    {
        var year = time.GetUtcNow().Year;
        var all = new PriceList(PriceListId.New(), new($"Retail {year}", PriceListKind.Retail, "EUR", Priority: 200));
        var wholesale = new PriceList(PriceListId.New(), new($"Wholesale {year}", PriceListKind.Wholesale, "EUR", new(year, 1, 1), new(year, 12, 31), key, Priority: 100));
        db.AddRange(all, wholesale);
        if (agreement is { } under) db.Add(new PriceList(PriceListId.New(), new("Frame agreement", PriceListKind.Special, "EUR", Agreement: under, Priority: 50, Basis: PriceBasis.OverList, Base: all.Id, Markup: -12)));
        foreach (var (code, price) in retail)
        {
            db.Add(new ListPrice(all.Id, products[code].Id, "", 0, price));
            if (products[code].Kind == ProductKind.Service) continue;
            db.Add(new ListPrice(wholesale.Id, products[code].Id, "", 0, Math.Round(price * 0.9m, 1)));
            db.Add(new ListPrice(wholesale.Id, products[code].Id, "", 10, Math.Round(price * 0.85m, 1)));
        }
        foreach (var box in products.Values.Where(p => p.Units.Count > 0)) db.Add(new ListPrice(all.Id, box.Id, "box", 0, Math.Round(retail[box.Code] * 18.5m, 1)));
    }

    private void AddDiscounts(PortalDb db, SegmentId? key, ProductGroupId racks, ProductGroupId benches, ProductGroupId trolleys)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        DiscountTerms[] discounts =
        [
            new("Trolleys, last year’s model", Percent: 15, Group: trolleys, Exclusive: true),
            new("Key accounts on racks", Percent: 5, Group: racks, Segment: key, Cap: 20),
            new("From twenty pieces", Percent: 3, FromQuantity: 20, Cap: 20),
            new("Workbenches of the season", Amount: new(12, "EUR"), Group: benches, From: today.AddDays(-20), Until: today.AddDays(40)),
        ];
        foreach (var (terms, i) in discounts.Select((d, i) => (d, i))) db.Add(new DiscountRule(DiscountRuleId.New(), i + 1, terms));
    }
}
