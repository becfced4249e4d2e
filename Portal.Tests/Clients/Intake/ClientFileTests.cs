using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;
using Portal.Web.Clients;
using Portal.Web.Shared;

namespace Portal.Tests.Clients.Intake;

/// <summary>What is exported is taken back in: the same clients, in whatever language the headings are.</summary>
public sealed class ClientFileTests : IAsyncLifetime
{
    private const string Base =
        """
        code;client;kind;standing;legal name;tax number;register number;country;registered address;phone;mail;website;contact;position;contact phone;contact mail;birth date;place;purpose;region;town;street;house;office;postcode;latitude;longitude;door;access;tags;note
        1;Old Mill;client, supplier;active;ТОВ «Старий млин»;00032129;77-1;UA;Київ, вул. Рибальська 2;"+380441234567; 044 765-43-21";info@mill.example;https://mill.example;Olena Bondar;buyer;"+380671234567; 0501112233";olena@mill.example;1979-02-23;Gate 3;warehouse;;Київ;вул. Хрещатик;22;оф. 5;01001;50.45;30.52;door 3;ring twice;grain, north;"=pays on time; always"
        1;;;;;;;UA;;;;;Petro Koval;driver;;;;Shop;shop, office;;Львів;вул. Зелена;7;;79000;;;;;;
        1;;;;SRL Moara;;;MD;;;;;;;;;;;;;;;;;;;;;;;
        1;;;;;;;MD;;;;;;;;;;Depozit;;;Chișinău;str. Florilor;4;;;;;;;;
        2;Anna Lee;client;lost;;;;;;;;;Anna Lee;;;;1980-05-01;;;;;;;;;;;;;;

        """;

    private readonly ImportRig there = new();
    private readonly ImportRig back = new();

    public async Task InitializeAsync()
    {
        await there.InitializeAsync();
        await back.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await there.DisposeAsync();
        await back.DisposeAsync();
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ru")]
    [InlineData("uk")]
    [InlineData("ro")]
    [InlineData("id")]
    public async Task Export_TakenInByAnEmptyBase_GivesTheSameClients(string language)
    {
        var (before, culture) = (CultureInfo.CurrentUICulture, CultureInfo.GetCultureInfo(language));
        Assert.Equal(6, (await there.ImportAsync("clients", "base.csv", Base)).Rows + 1);
        try
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
            var file = new MemoryStream();
            await TableFile.WriteCsvAsync(file, ClientExports.Columns(new Texts(new TextCatalog(typeof(Texts).Assembly), LocalTime.For(ImportRig.Importer, TimeProvider.System)), TimeZoneInfo.Utc), await ExportAsync(there));

            var run = await back.ImportAsync("clients", "clients.csv", file.ToArray());

            Assert.Equal((0, ClientColumns.All.Count - 2), (run.Refused, run.Map.Count));
            Assert.Equal(Told(await ExportAsync(there)), Told(await ExportAsync(back)));
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, before);
        }
    }

    /// <summary>The key of an exported row is the client's own id: he is known by it, whatever the file is called.</summary>
    [Fact]
    public async Task Export_TakenInWhereItCameFrom_AddsNobodyAndCompletesWhoeverItNames()
    {
        await there.ImportAsync("clients", "base.csv", Base);
        var id = await there.ScalarAsync<Guid>("select id from clients.partner where name = 'Old Mill'");
        var file = new MemoryStream();
        await TableFile.WriteCsvAsync(file, ClientExports.Columns(new Texts(new TextCatalog(typeof(Texts).Assembly), LocalTime.For(ImportRig.Importer, TimeProvider.System)), TimeZoneInfo.Utc), await ExportAsync(there));
        var before = Told(await ExportAsync(there));

        var again = await there.ImportAsync("clients", "clients.csv", file.ToArray());
        Assert.Equal((0, 0, again.Rows), (again.Refused, again.Notes.GetValueOrDefault("doubtful-duplicate"), again.Notes.GetValueOrDefault("client-completed")));
        Assert.Equal(before, Told(await ExportAsync(there)));

        var more = await there.ImportAsync("clients", "more.csv", $"code,client,contact\n{id},Renamed Mill,Ivan Fresh\n{Guid.NewGuid()},Nobody Yet,\n");
        Assert.Equal(1, more.Notes.GetValueOrDefault("client-completed"));
        Assert.Equal((3, 1), (await there.CountAsync("clients.partner"), await there.CountAsync($"clients.contact_role r join clients.person p on p.id = r.person where p.name = 'Ivan Fresh' and r.partner = '{id}'")));
    }

    /// <summary>Who answers for a client goes along: by his name, and by his sign-in where another has the same.</summary>
    [Fact]
    public async Task Export_NamesWhoAnswersForAClient_SoThatTheImportFindsHim()
    {
        var (ann, max, other) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        foreach (var rig in new[] { there, back })
            foreach (var (id, name) in new[] { (ann, "Ann Seller"), (max, "Max Twin"), (other, "Max Twin") }) await rig.AddUserAsync(id, name, permissions: Permissions.ClientsRead);
        await there.ImportAsync("clients", "base.csv", $"client,responsible\nAlfa,Ann Seller\nBeta,max.twin.{max.ToString()[^4..]}\nGamma,\n");
        var file = new MemoryStream();
        await TableFile.WriteCsvAsync(file, ClientExports.Columns(new Texts(new TextCatalog(typeof(Texts).Assembly), LocalTime.For(ImportRig.Importer, TimeProvider.System)), TimeZoneInfo.Utc), await ExportAsync(there));

        var run = await back.ImportAsync("clients", "clients.csv", file.ToArray());

        Assert.Equal((0, 3), (run.Refused, run.Applied));
        Assert.Equal($"Alfa {ann}, Beta {max}, Gamma", await back.ScalarAsync<string>("select string_agg(concat_ws(' ', name, responsible), ', ' order by name) from clients.partner"));
    }

    private static async Task<IReadOnlyList<ClientFileRow>> ExportAsync(ImportRig rig)
    {
        await using var services = rig.Services(new ImportOptions(rig.Folder), more => more.AddClients());
        return await services.GetRequiredService<ClientFileQuery>().ReadAsync(new(), PartnerSort.Name, false, ImportRig.Importer, default);
    }

    private static List<string> Told(IReadOnlyList<ClientFileRow> rows) => [.. rows.Select(r => string.Join(" | ",
        r.Client?.Name, r.Client?.Kinds, r.Client?.Standing, r.Details?.Website, r.Details?.Note, r.OwnPhones, r.OwnMails, r.Tags, r.Entity?.Name, r.Entity?.Country, r.Entity?.TaxNumber, r.Entity?.RegisterNumber, r.Entity?.LegalAddress,
        r.Person?.Name, r.Person?.BirthDate?.ToString("O", CultureInfo.InvariantCulture), r.Role, r.Phones, r.Mails, r.Place?.Name, r.Place?.Purposes, r.Place?.Address, r.Place?.Parts, r.Place?.Latitude?.ToString(CultureInfo.InvariantCulture), r.Place?.Door, r.Place?.AccessNote))];
}
