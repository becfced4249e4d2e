using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>How long people wait in a base of many clients: for the search, for the list, and for the duplicates of a client they type in; each question through the product's own query, one after another.</summary>
internal static class ClientsBench
{
    /// <summary>As <c>./bench</c> knows it.</summary>
    public const string Name = "clients";

    private const string RussianKeys = "йцукенгшщзхъфывапролджэячсмитьбю";
    private const string LatinKeys = "qwertyuiop[]asdfghjkl;'zxcvbnm,.";

    private static readonly Actor Director = Actor.System("bench");

    public static async Task RunAsync(Measurements measurements)
    {
        int[] sizes = measurements.Arguments.Values("--rows") is [var rows] ? [int.Parse(rows, System.Globalization.CultureInfo.InvariantCulture)] : measurements.Quick ? [20_000] : [100_000, 1_000_000];
        foreach (var size in sizes) await MeasureAsync(measurements, size, sizes.Length > 1 ? $".{size}" : "");
    }

    private static async Task MeasureAsync(Measurements measurements, int size, string suffix)
    {
        var database = new PortalDatabase();
        await database.InitializeAsync();
        try
        {
            var began = Stopwatch.GetTimestamp();
            var clients = new InventedClients(database.Owner, size);
            await clients.WriteAsync(measurements.Progress, default);
            measurements.Progress($"  {size:n0} clients stand after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
            await using var pool = database.Pooled(20);
            await using var services = new ServiceCollection().AddLogging().AddSingleton(pool).AddPortalDb().AddClients().BuildServiceProvider();
            var questions = measurements.Quick ? 60 : 300;
            var search = services.GetRequiredService<SearchQuery>();
            await measurements.AskAsync($"{Name}.search_p95{suffix}", Searches(clients, questions), ["names", "phones", "typing errors", "wrong layouts"], text => search.FindAsync(text, Director, default));
            var list = services.GetRequiredService<PartnerListQuery>();
            await measurements.AskAsync($"{Name}.list_p95{suffix}", Lists(clients, questions), ["all", "by kind", "by standing", "of one", "of nobody", "by tag", "by name", "by phone", "silent"], asked => list.ListAsync(asked.Filter, asked.Sort, asked.Descending, asked.Slice, Director, default));
            var duplicates = services.GetRequiredService<DuplicateQuery>();
            await measurements.AskAsync($"{Name}.duplicate_check_p95{suffix}", Typed(clients, questions), ["names", "phones", "towns"], party => duplicates.FindAsync(party, null, Director, default));
            await SearchWholeBaseAsync(measurements, services, database.Owner, suffix);
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>The search of the whole base for duplicates; the limit is one reading of what it compares.</summary>
    private static async Task SearchWholeBaseAsync(Measurements measurements, IServiceProvider services, NpgsqlDataSource owner, string suffix)
    {
        var began = Stopwatch.GetTimestamp();
        await using (var reading = owner.CreateCommand("""
            select (select count(*) from (select p.*, k.key from clients.partner p join clients.partner_key k on k.partner = p.id offset 0) x), (select count(*) from (select * from clients.counterparty offset 0) x),
                   (select count(*) from (select r.*, h.name from clients.contact_role r join clients.person h on h.id = r.person offset 0) x), (select count(*) from (select * from clients.place offset 0) x)
            """))
        {
            reading.CommandTimeout = 0;
            await reading.ExecuteScalarAsync();
        }
        var once = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var run = await services.GetRequiredService<DuplicateDesk>().StartAsync(Director, default);
        began = Stopwatch.GetTimestamp();
        await services.GetRequiredService<DuplicateWork>().RunAsync(run, default);
        measurements.Report($"{Name}.duplicate_run{suffix}", Stopwatch.GetElapsedTime(began).TotalSeconds, "s", once);
        await using var outcome = owner.CreateCommand("select state || ': ' || parties || ' parties, ' || compared || ' compared, ' || sure || ' sure, ' || doubtful || ' doubtful' from clients.duplicate_run");
        measurements.Progress($"  {await outcome.ExecuteScalarAsync()}");
    }

    /// <summary>Names, phones in the formats of people, typing errors and the wrong keyboard layout, a quarter each.</summary>
    private static List<string> Searches(InventedClients clients, int count) => [.. Enumerable.Range(0, count).Select(i => (Kind: i % 4, Client: Pick(clients, i))).Select(q => q.Kind switch
    {
        0 => q.Client.Name,
        1 => $"{q.Client.Phone[^9..^6]}-{q.Client.Phone[^6..^3]} {q.Client.Phone[^3..]}",
        2 => q.Client.Name.Length > 6 ? q.Client.Name.Remove(3, 1) : q.Client.Name + "х",
        _ => Mistyped(q.Client.Name),
    })];

    private static List<(PartnerFilter Filter, PartnerSort Sort, bool Descending, Slice Slice)> Lists(InventedClients clients, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var filter = (i % 9) switch
        {
            0 => new PartnerFilter(),
            1 => new(Kinds: PartnerKinds.Supplier),
            2 => new(Standing: PartnerStanding.Lost),
            3 => new(Responsible: clients.Sellers[i % clients.Sellers.Count]),
            4 => new(Nobody: true),
            5 => new(Tag: "tender"),
            6 => new(Text: Pick(clients, i).Name),
            7 => new(Text: Pick(clients, i).Phone[^7..]),
            _ => new(Responsible: clients.Sellers[i % clients.Sellers.Count], SilentSince: new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero)),
        };
        return (filter, (PartnerSort)(i / 9 % 4), i % 2 == 1, new Slice(i % 5 * 50, 50));
    })];

    /// <summary>Clients half typed in: a name with an error, then a phone, then a town.</summary>
    private static List<PartyDetails> Typed(InventedClients clients, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var (name, phone, party) = Pick(clients, i);
        var typed = new PartyDetails { Name = i % 2 == 0 && name.Length > 5 ? name.Remove(4, 1) : name };
        return (i % 3) switch
        {
            0 => typed,
            1 => typed with { Phones = [PhoneNumber.Of(phone[^9..], null)] },
            _ => typed with { TaxNumbers = party.TaxNumbers, Addresses = [new() { City = party.Addresses[0].City, Street = party.Addresses[0].Street }] },
        };
    })];

    private static (string Name, string Phone, PartyDetails Party) Pick(InventedClients clients, int i) => clients.Some[(int)(i * 7919L % clients.Some.Count)];

    private static string Mistyped(string name) => string.Concat(name.ToLowerInvariant().Select(letter =>
        RussianKeys.IndexOf(letter) is >= 0 and var cyrillic ? LatinKeys[cyrillic] : LatinKeys.IndexOf(letter) is >= 0 and var latin ? RussianKeys[latin] : letter));
}
