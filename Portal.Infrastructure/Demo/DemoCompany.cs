using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Demo;

/// <summary>A sign-in of the demo company.</summary>
public sealed record DemoLogin(string Role, string UserName, string Password);

/// <summary>
/// Founds the demo company in an empty database, once: a fictional town, depots, sixty vehicles, eighty drivers, clients and trips
/// in every state. Its passwords are made anew for each installation and kept in <c>demo-logins.json</c> in the data folder.
/// </summary>
public sealed class DemoCompany(IDbContextFactory<PortalDb> contexts, UserAccounts accounts, FirstRun firstRun, DemoWork work, DemoClients cards, DemoPrices prices, DemoSales sales, DemoLeads leads, DemoOffers offers, DemoStock stock, DemoSalesOrders orders, DemoClaims claims, DatabaseOptions options, TimeProvider time)
{
    private const string Marker = "demo";

    private static readonly Dictionary<string, string> People = new()
    {
        ["dana"] = "Dana Brightoak", ["felix"] = "Felix Saltmarsh", ["admin"] = "Alma Quillhaven", ["sela"] = "Sela Kestrelmoor", ["hugo"] = "Hugo Elderfen",
        ["tess"] = "Tess Ironquill", ["fina"] = "Fina Moonwater", ["ward"] = "Ward Oakenfold", ["cora"] = "Cora Larkspurton", ["quin"] = "Quin Rowanmere",
    };

    /// <summary>Roles beyond the one a sign-in is shown with: a small company, in which people wear several hats.</summary>
    private static readonly Dictionary<string, string[]> MoreRoles = new()
    {
        ["hugo"] = ["director", "quality-head"], ["tess"] = ["supply", "project-manager", "production", "production-head"], ["fina"] = ["legal", "finance-head"], ["ward"] = ["warehouse-head"],
        ["cora"] = ["service-head"], ["admin"] = ["director"],
    };

    private readonly Actor actor = Actor.System("demo");

    private string LoginsFile => Path.Combine(options.DataFolder, "demo-logins.json");

    /// <summary>
    /// Founds it when the database has no user yet. A founding that was cut short goes on where it stood:
    /// the data is written in one transaction, the passwords before the accounts, the mark last.
    /// </summary>
    public async Task FoundAsync(CancellationToken ct)
    {
        if (await IsHereAsync(ct)) return;
        await using var db = contexts.CreateFor(actor);
        if (!File.Exists(LoginsFile) && await db.Set<PortalUser>().AnyAsync(ct)) return;
        var branch = await firstRun.FoundAsync("Petrel & Finch (demo)", "EUR", "UTC", ct);
        if (!await db.Set<Vehicle>().AnyAsync(ct)) await FillAsync(branch, ct);
        await OpenAccountsAsync(db, branch, ct);
        await cards.FoundAsync(ct);
        await prices.FoundAsync(ct);
        await sales.FoundAsync(ct);
        await leads.FoundAsync(ct);
        await work.FoundAsync([.. People.Keys], ct);
        await offers.FoundAsync(ct);
        await stock.FoundAsync(ct);
        await orders.FoundAsync(ct);
        await claims.FoundAsync(ct);
        await db.Database.ExecuteSqlAsync($"insert into core.setting (key, value, changed_at) values ({Marker}, 'true', {time.GetUtcNow()})", ct);
    }

    /// <summary>True when this database holds the demo company.</summary>
    public async Task<bool> IsHereAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from core.setting where key = {Marker}").SingleAsync(ct) > 0;
    }

    /// <summary>The demo's sign-ins, for showing at the start; empty where the file is gone.</summary>
    public async Task<IReadOnlyList<DemoLogin>> LoginsAsync(CancellationToken ct)
    {
        if (!File.Exists(LoginsFile)) return [];
        await using var file = File.OpenRead(LoginsFile);
        return await JsonSerializer.DeserializeAsync<List<DemoLogin>>(file, cancellationToken: ct) ?? [];
    }

    private async Task FillAsync(BranchId branch, CancellationToken ct)
    {
        var random = new Random(Town.DefaultSeed);
        var now = time.GetUtcNow();
        var town = Town.Build();
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        foreach (var (name, features) in TownGeoJson.Layers(town))
            await MapLayers.AddAsync(db, $"{town.Name}: {name}", false, new MemoryStream(Encoding.UTF8.GetBytes(features.ToJsonString())), now, ct);
        var clients = DemoNames.Clients.Select(Client).ToList();
        db.AddRange(clients);
        var depots = town.Places.Where(p => p.Kind == TownPlaceKind.Depot)
            .Select(p => Place.OfOurs(PlaceId.New(), branch, p.Name, p.Address.ToString(), p.Address.Point)).ToList();
        var places = town.Places.Where(p => p.Kind != TownPlaceKind.Depot).Select((p, i) => PlaceOf(p, clients[i % clients.Count], i)).ToList();
        db.AddRange(depots);
        db.AddRange(places);
        var fleet = DemoFleet.Add(db, branch, depots, random, now);
        await db.SaveChangesAsync(ct);

        var orders = new DemoOrders([.. clients.Select(c => c.Id)], places, random);
        var trips = new DemoTrips(fleet, orders, new RoadGraph(town.Streets), branch, actor, random).All(now).ToList();
        foreach (var some in trips.Chunk(200))
        {
            db.ChangeTracker.Clear();
            db.AddRange(some.AsEnumerable());
            await db.SaveChangesAsync(ct);
        }
        // the numbers given here are taken from the sequence too
        await db.Database.ExecuteSqlAsync($"select max(nextval('dispatch.trip_number')) from generate_series(1, {trips.Count})", ct);
        await transaction.CommitAsync(ct);
    }

    private async Task OpenAccountsAsync(PortalDb db, BranchId branch, CancellationToken ct)
    {
        var roles = await db.Set<Role>().ToDictionaryAsync(r => r.Code, r => r.Id, ct);
        var firstDriver = await db.Set<Driver>().OrderBy(d => d.Id).FirstAsync(ct);
        foreach (var login in await KeepLoginsAsync(ct))
        {
            if (await db.Set<PortalUser>().AnyAsync(u => u.UserName == login.UserName, ct)) continue;
            var name = login.Role == StandardRoles.Driver ? firstDriver.Name : People[login.UserName];
            var user = await accounts.OpenAsync(new UserDetails(login.UserName, name, $"{login.UserName}@example.org", "en", "UTC", branch, [roles[login.Role], .. MoreRoles.GetValueOrDefault(login.UserName, []).Select(code => roles[code])]), login.Password, mustChange: false, actor, ct);
            if (login.Role != StandardRoles.Driver) continue;
            (await db.Set<Employee>().SingleAsync(e => e.Id == firstDriver.Employee, ct)).LinkUser(user);
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>The sign-ins as they stand in the file, or new ones written to it, readable by its owner alone.</summary>
    private async Task<IReadOnlyList<DemoLogin>> KeepLoginsAsync(CancellationToken ct)
    {
        if (await LoginsAsync(ct) is { Count: > 0 } kept) return kept;
        (string Role, string UserName)[] wanted =
            [(StandardRoles.Dispatcher, "dana"), (StandardRoles.FleetManager, "felix"), (StandardRoles.Driver, "ada"), (StandardRoles.Administrator, "admin"),
             ("sales", "sela"), ("sales-head", "hugo"), ("technologist", "tess"), ("finance", "fina"), ("warehouse", "ward"), ("customer-service", "cora"), ("quality", "quin")];
        var logins = wanted.Select(w => new DemoLogin(w.Role, w.UserName, $"demo-{UserAccounts.NewPassword()[..8]}")).ToList();
        Directory.CreateDirectory(options.DataFolder);
        var only = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) only.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(LoginsFile, only);
        await JsonSerializer.SerializeAsync(file, logins, cancellationToken: ct);
        return logins;
    }

    private static Partner Client(string name, int number)
    {
        var partner = new Partner(PartnerId.New(), name, PartnerKinds.Client);
        partner.Reach(DemoNames.Phone(number + 60), $"office{number}@example.org");
        return partner;
    }

    private static Place PlaceOf(TownPlace place, Partner client, int number)
    {
        var kept = place.Kind is TownPlaceKind.Station or TownPlaceKind.Mall or TownPlaceKind.Market or TownPlaceKind.Hotel or TownPlaceKind.Stadium
            ? Place.Free(PlaceId.New(), place.Name, place.Address.ToString(), place.Address.Point)
            : Place.OfPartner(PlaceId.New(), client.Id, place.Name, place.Address.ToString(), place.Address.Point);
        if (number % 2 == 0) kept.DescribeAccess($"{number % 5 + 1}", number % 4 == 0 ? "Ring at the gate" : null, null);
        return kept;
    }
}
