using System.Text;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;

namespace Portal.Tests.Clients.Intake;

public sealed class ClientsImportTests : IAsyncLifetime
{
    private const string Header = "client code;client;kind;legal entity;tax number;country;phone;mail;contact;position;mobile;birth date;place;purpose;town;street;house;office;postcode;tags;note\n";
    private const string Mill = "C-1;Old Mill;client, supplier;ТОВ «Старий млин»;00032129;UA;\"(044) 123-45-67; +380 44 765-43-21\";info@mill.example;Olena Bondar;buyer;+380671234567;23.02.1979;Gate 3;warehouse;Київ;вул. Хрещатик;22;оф. 5;01001;grain, north;pays on time\n";

    private readonly ImportRig rig = new();

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Apply_OfRowsOfOneKey_MakesOneClientWithAllThatTheyTell()
    {
        var text = Header + Mill + "C-1;;;;;UA;;;Petro Koval;driver;0501112233;;Shop;shop;Львів;вул. Зелена;7;;79000;;\n";
        var run = await rig.ImportAsync("clients", "base.csv", text);

        Assert.Equal((2, 0, 2), (run.Rows, run.Refused, run.Applied));
        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        var partner = await db.Set<Partner>().SingleAsync();
        Assert.Equal(("Old Mill", PartnerKinds.Client | PartnerKinds.Supplier, "(044) 123-45-67", "info@mill.example", "pays on time"), (partner.Name, partner.Kinds, partner.Phone, partner.Email, partner.Note));
        var entity = await db.Set<Counterparty>().SingleAsync();
        Assert.Equal(("ТОВ «Старий млин»", "00032129", "UA", partner.Id), (entity.Name, entity.TaxNumber, entity.Country, entity.Partner));
        var people = await db.Set<Person>().OrderBy(p => p.Name).ToListAsync();
        Assert.Equal([("Olena Bondar", "+380671234567", new DateOnly(1979, 2, 23)), ("Petro Koval", "0501112233", null)], people.Select(p => (p.Name, p.Phone!, p.BirthDate)));
        Assert.Equal(["buyer", "driver"], await db.Set<ContactRole>().OrderBy(r => r.Role).Select(r => r.Role).ToListAsync());
        var places = await db.Set<Place>().OrderBy(p => p.Name).ToListAsync();
        Assert.Equal(("Gate 3", "Київ", "вул. Хрещатик", "22", "оф. 5", PlacePurposes.Warehouse), (places[0].Name, places[0].Town, places[0].Street, places[0].House, places[0].Premise, places[0].Purposes));
        Assert.Equal((2, "Львів"), (places.Count, places[1].Town));
        Assert.Equal("+380 44 765-43-21", (await db.Set<ContactPoint>().SingleAsync()).Value);
        Assert.Equal(2, await rig.CountAsync("work.object_tag"));
    }

    /// <summary>What every save leaves behind is there too, though the rows were copied in.</summary>
    [Fact]
    public async Task Apply_LeavesAuditSearchHistoryAndKeysAsAnEntryByHandDoes()
    {
        await rig.ImportAsync("clients", "base.csv", Header + Mill);

        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        var partner = await db.Set<Partner>().SingleAsync();
        Assert.Equal(["ContactPoint", "ContactRole", "Counterparty", "ObjectTag", "Partner", "Person", "Place"],
            (await db.Set<AuditRow>().Select(a => a.ObjectKind).Distinct().ToListAsync()).Except(["Company", "Branch", "Import"]).Order());
        var audit = await db.Set<AuditRow>().SingleAsync(a => a.ObjectId == partner.Id.Value);
        Assert.Equal(("added", ImportRig.Importer.UserId, "Ilse Import"), (audit.Action, audit.UserId, audit.UserName));
        Assert.Contains("Old Mill", audit.After);
        Assert.Equal(["Counterparty", "Partner", "Person", "Place"], (await db.Set<SearchRow>().Where(r => r.Kind != ObjectKind.Trip).Select(r => r.Kind).ToListAsync()).Select(k => k.ToString()).Order());
        Assert.Contains("old mill", (await db.Set<PartnerWords>().SingleAsync(w => w.Partner == partner.Id.Value)).Open);
        Assert.Equal("partner.added", (await db.Set<TimelineEntry>().SingleAsync(e => e.Partner == partner.Id)).What);

        var written = await KeysAsync();
        Assert.NotEmpty(written);
        Assert.Equal(0, await rig.CountAsync("clients.partner_unkeyed"));
        await rig.ScalarAsync<long>("with n as (insert into clients.partner_unkeyed select id from clients.partner returning 1) select count(*) from n");
        await new PartnerKeys(rig.Contexts).CatchUpAsync(10, default);
        Assert.Equal(written, await KeysAsync());
    }

    [Fact]
    public async Task Rerun_OfTheSameFile_ChangesNothing_AndAFurtherRowOfAClientFindsHim()
    {
        await rig.ImportAsync("clients", "base.csv", Header + Mill);
        var again = await rig.ImportAsync("clients", "base.csv", Header + Mill);
        Assert.Equal((1, 0, 1), (again.Known, again.Applied, again.Skipped));

        await rig.ImportAsync("clients", "base.csv", Header + Mill + "C-1;;;;;;;;Petro Koval;driver;0501112233;;;;;;;;;;\n");

        Assert.Equal((1, 2, 1), (await rig.CountAsync("clients.partner"), await rig.CountAsync("clients.person"), await rig.CountAsync("clients.counterparty")));
        Assert.Equal(1, await rig.CountAsync("clients.timeline_entry where what = 'partner.completed'"));
    }

    [Theory]
    [InlineData("C-1;Alfa;;;12345679;UA;;;;;;;;;;;;;;;", "tax-number-check-digit")]
    [InlineData("C-1;Alfa;;;123;UA;;;;;;;;;;;;;;;", "tax-number-length")]
    [InlineData("C-1;Alfa;friend;;;;;;;;;;;;;;;;;;", "kind-unknown")]
    [InlineData("C-1;Alfa;;;;Atlantis;;;;;;;;;;;;;;;", "country-unknown")]
    [InlineData("C-1;Alfa;;;;;see below;;;;;;;;;;;;;;", "not-a-phone")]
    [InlineData("C-1;Alfa;;;;;;nobody at home;;;;;;;;;;;;;", "not-a-mail")]
    [InlineData(";;;;;;;;;;;;Gate 3;;;;;;;;", "missing")]
    [InlineData("C-1;;;;;;;info@mill.example;;;;;;;;;;;;;", "missing")]
    [InlineData("C-1;\"Alfa\nBeta\";;;;;;;;;;;;;;;;;;;", "line-break")]
    [InlineData("C-1,Alfa,client", "field-count")]
    public async Task Check_OfWhatNamesAClientWrongly_RefusesTheRowWithItsReason(string row, string reason)
    {
        var run = await rig.CheckAsync("clients", "base.csv", Encoding.UTF8.GetBytes(Header + row + "\n"));

        var preview = await rig.Query.PreviewAsync(run.Id, ImportRig.Importer, default);
        Assert.Equal(reason, preview.First.Single().Refusal);
    }

    /// <summary>In each of our languages, by the names and the short forms people write.</summary>
    [Fact]
    public async Task Import_OfCountriesByTheirNames_KnowsThemInFiveLanguages()
    {
        (string Name, string Code)[] countries =
        [
            ("Румыния", "RO"), ("румунія", "RO"), ("ROMANIA", "RO"), ("Rumania", "RO"), ("РФ", "RU"), ("Российская Федерация", "RU"), ("Росія", "RU"), ("Rusia", "RU"),
            ("Ucraina", "UA"), ("Україна", "UA"), ("Ukraina", "UA"), ("США", "US"), ("USA", "US"), ("SUA", "US"), ("Amerika Serikat", "US"), ("UK", "GB"), ("Великобритания", "GB"), ("Англия", "GB"),
            ("Велика Британія", "GB"), ("Marea Britanie", "GB"), ("Inggris", "GB"), ("UAE", "AE"), ("ОАЭ", "AE"), ("Молдавия", "MD"), ("Republica Moldova", "MD"), ("Німеччина", "DE"), ("Germania", "DE"),
            ("Jerman", "DE"), ("Чехия", "CZ"), ("Белоруссия", "BY"), ("Țările de Jos", "NL"), ("Голландия", "NL"), ("Индонезия", "ID"), ("Республика Корея", "KR"),
        ];

        var run = await rig.ImportAsync("clients", "base.csv", "client code;client;country;legal address\n" + string.Concat(countries.Select((c, i) => $"{i:00};{Guid.NewGuid():N};{c.Name};{Guid.NewGuid():N}\n")));

        Assert.Equal([], (await rig.Query.PreviewAsync(run.Id, ImportRig.Importer, default)).First.Where(r => r.Refusal is not null).Select(r => r.Fields[2]));
        Assert.Equal(countries.Length, run.Applied);
        Assert.Equal(string.Join(' ', countries.Select(c => c.Code)),
            await rig.ScalarAsync<string>("select string_agg(c.country, ' ' order by d.document) from imports.client_document d join clients.counterparty c on c.partner = d.partner"));
    }

    [Fact]
    public async Task Check_OfAnOddPhoneAndAnImpossibleBirthDate_KeepsThemAsWrittenAndTells()
    {
        var run = await rig.ImportAsync("clients", "base.csv", Header + "C-1;Alfa;;;;UA;(044) 12-34;;Ira Lis;;;31.02.1980;;;;;;;;;\n");

        Assert.Equal((1, 1, 1), (run.Applied, run.Notes["phone-doubtful"], run.Notes["birth-date-kept"]));
        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        Assert.Equal("(044) 12-34", (await db.Set<Partner>().SingleAsync()).Phone);
        Assert.Equal((null, "31.02.1980"), (await db.Set<Person>().Select(p => new { p.BirthDate, p.Note }).SingleAsync()) is var person ? (person.BirthDate, person.Note) : default);
    }

    /// <summary>The search for duplicates is the longest part of a check: how far it is can be read, and it can be stopped in its midst.</summary>
    [Fact]
    public async Task Check_TellsHowFarTheSearchForDuplicatesIs_AndIsStoppedInIt()
    {
        var file = Encoding.UTF8.GetBytes("code,client,phone\n" + string.Concat(Enumerable.Range(0, 1_700).Select(i => $"K{i},Client {Guid.NewGuid():N},+380 44 {i:0000000}\n")));
        await rig.ImportAsync("clients", "base.csv", "code,client\nB1,Base\n");
        await rig.RunAsync("""
            create table imports.told (share integer);
            create function imports.tell() returns trigger language plpgsql as $$ begin
                insert into imports.told values (new.compared);
                new.cancel_requested := new.cancel_requested or coalesce(new.compared, 0) > 60 and new.file_name = 'stopped.csv';
                return new;
            end $$;
            create trigger tell before update on imports.import_run for each row when (new.state = 'Checking') execute function imports.tell();
            grant insert on imports.told to public
            """);
        try
        {
            var stopped = await rig.CheckAsync("clients", "stopped.csv", file);
            Assert.Equal((ImportState.Draft, 0L), (stopped.State, await rig.CountAsync($"imports.staged_row where run = '{stopped.Id}'")));
            Assert.Equal(1, await rig.CountAsync("imports.told where share > 60"));

            var checkedRun = await rig.CheckAsync("clients", "through.csv", file);
            Assert.Equal((ImportState.Checked, 1_700), (checkedRun.State, checkedRun.Rows));
            var shares = await rig.ScalarAsync<string>("select string_agg(share::text, ',' order by share) from (select distinct share from imports.told) t");
            Assert.InRange(shares.Split(',').Length, 5, 101);
        }
        finally
        {
            await rig.RunAsync("drop trigger tell on imports.import_run");
        }
    }

    [Fact]
    public async Task Check_OfManyClientsBroughtASecondTime_KnowsThemAll()
    {
        var file = "code,client\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"K{i},Client {Guid.NewGuid():N}\n"));
        var first = await rig.ImportAsync("clients", "many.csv", file);

        var again = await rig.CheckAsync("clients", "many.csv", Encoding.UTF8.GetBytes(file));

        Assert.Equal((first.Applied, first.Refused), (again.Known, again.Refused));
    }

    /// <summary>Names of few words in few towns, as of one trade: many are doubtful, and what was left out for being too much alike stays out however often the file comes.</summary>
    [Fact]
    public async Task Check_OfNamesMuchAlikeBroughtASecondTime_LeavesOutTheSameOnes()
    {
        var random = new Random(5);
        string[] first = ["Fernbridge", "Oakhollow", "Millbrook", "Harrowgate", "Ashdown", "Stonewell"], second = ["Hardware", "Timber", "Paint", "Tools", "Garden"], third = ["", " & Co", " North", " Trade", " Brothers"];
        string[] towns = ["Chisinau", "Balti", "Orhei", "Cahul"];
        string Pick(string[] of) => of[random.Next(of.Length)];
        var file = "code,client,legal address,phone\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"N{i},{Pick(first)} {Pick(second)}{Pick(third)},{Pick(towns)},+373 22 {random.Next(100, 160)} {random.Next(100, 104)}\n"));
        var run = await rig.ImportAsync("clients", "alike.csv", file);

        var again = await rig.CheckAsync("clients", "alike.csv", Encoding.UTF8.GetBytes(file));

        Assert.True(run.Refused > 0, "nothing was alike");
        Assert.Equal((run.Applied, run.Refused), (again.Known, again.Refused));
    }

    [Fact]
    public async Task Check_OfOneBrokenRow_RefusesTheWholeClientOfItsKey()
    {
        var run = await rig.ImportAsync("clients", "base.csv", Header + "C-1;Alfa;;;;;;;;;;;;;;;;;;;\nC-1;;;;;;;broken;;;;;;;;;;;;;\nC-2;Beta;;;;;;;;;;;;;;;;;;;\n");

        Assert.Equal((3, 2, 1), (run.Rows, run.Refused, run.Applied));
        Assert.Equal("Beta", await rig.ScalarAsync<string>("select name from clients.partner"));
    }

    /// <summary>A name may stand in another row of the code, or be that of the contact; two names are two clients.</summary>
    [Fact]
    public async Task Import_OfRowsOfOneCode_NeedsOneNameAmongThem()
    {
        var run = await rig.ImportAsync("clients", "base.csv", "client code,client,contact,mail\nA,,,a@probe.example\nA,Alfa,,\nA,ALFA,,\nB,,Boris Berg,\nC,,,c@probe.example\nD,Delta,,\nD,Dnipro Freight,,\n");

        Assert.Equal((7, 3, 4), (run.Rows, run.Refused, run.Applied));
        Assert.Equal("Alfa, Boris Berg", await rig.ScalarAsync<string>("select string_agg(name, ', ' order by name) from clients.partner"));
        Assert.Equal(["C missing partner.name", "D names-differ Delta Dnipro Freight", "D names-differ Delta Dnipro Freight"], (await rig.Query.PreviewAsync(run.Id, ImportRig.Importer, default)).First
            .Where(r => r.Refusal is not null).Select(r => $"{r.Document} {r.Refusal} {string.Join(' ', r.RefusalArgs)}"));
    }

    [Fact]
    public async Task Check_OfATaxNumberUnderAnotherName_NotesADoubtfulDuplicate()
    {
        await rig.ImportAsync("clients", "base.csv", "client code,client,tax number,country\n1,Golden Mill,00032129,UA\n");

        var run = await rig.CheckAsync("clients", "other.csv", Encoding.UTF8.GetBytes("client code,client,tax number,country\n9,Northern Freight House,00032129,UA\n"));

        Assert.Equal((0, 1), (run.Refused, run.Notes.GetValueOrDefault("doubtful-duplicate")));
    }

    [Theory]
    [InlineData("Код клиента;Клиент;ИНН;Страна;Телефон;Контактное лицо;Город;Улица;Дом", 1251)]
    [InlineData("Код клієнта;Клієнт;ЄДРПОУ;Країна;Телефон;Контактна особа;Місто;Вулиця;Будинок", 1200)]
    [InlineData("Cod client\tDenumire\tCUI\tȚara\tTelefon\tPersoana de contact\tLocalitate\tStrada\tNr", 65001)]
    [InlineData("Kode klien|Nama|NPWP|Negara|Telepon|Narahubung|Kota|Jalan|Nomor rumah", 65001)]
    public async Task Upload_OfAFileInAnyLanguageEncodingAndSeparator_IsRead(string header, int codePage)
    {
        var separator = header.First(c => c is ';' or '\t' or '|');
        var text = header + "\r\n" + string.Join(separator, "7", "Вулик", "", "UA", "(044) 123-45-67", "Олена", "Киев", "Ярославська", "12") + "\r\n";

        var run = await rig.ImportAsync("clients", "base.csv", CodePagesEncodingProvider.Instance.GetEncoding(codePage) is { } legacy ? legacy.GetBytes(text) : Encoding.GetEncoding(codePage).GetBytes(text));

        Assert.Equal(1, run.Applied);
        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        var place = await db.Set<Place>().SingleAsync();
        Assert.Equal(("Вулик", "Олена", "Киев", "Ярославська", "12"), ((await db.Set<Partner>().SingleAsync()).Name, (await db.Set<Person>().SingleAsync()).Name, place.Town, place.Street, place.House));
    }

    /// <summary>Nothing is half-done: a row is taken in with its records, or it stands in the report with its reason; a mended report is taken in after it.</summary>
    [Fact]
    public async Task Import_OfManyRowsOfWhichEveryTwentiethIsBroken_TakesOrRefusesEach_AndTheMendedReportTakesTheRest()
    {
        const int rows = 6_000;
        var random = new Random(7);
        string Word() => string.Concat(Enumerable.Range(0, 9).Select(_ => (char)('a' + random.Next(26))));
        var file = new StringBuilder("code,client,phone,mail,contact,town,street,house\n");
        for (var i = 0; i < rows; i++)
            file.AppendLine($"K{i},{Word()} {Word()},+38044{i:0000000},{(i % 20 == 19 ? "no address" : $"{Word()}@probe.example")},{Word()} {Word()},{Word()},{Word()},{random.Next(200)}");

        var run = await rig.ImportAsync("clients", "many.csv", file.ToString());

        Assert.Equal((rows, rows / 20, rows - rows / 20), (run.Rows, run.Refused, run.Applied));
        foreach (var table in new[] { "clients.partner", "clients.person", "clients.contact_role", "clients.place", "clients.timeline_entry", "imports.client_document" }) Assert.Equal(run.Applied, await rig.CountAsync(table));
        var report = new MemoryStream();
        await rig.Query.WriteRefusedAsync(run.Id, report, ("Line", "Reason"), (code, args) => $"{code} {string.Join(' ', args)}", ImportRig.Importer, default);
        var text = Encoding.UTF8.GetString(report.ToArray());
        Assert.Equal(rows / 20 + 1, text.TrimEnd().Split('\n').Length);
        Assert.Contains("not-a-mail email no address", text);

        var mended = await rig.ImportAsync("clients", "many.refused.csv", text.Replace(",no address,", ",late@probe.example,"));
        Assert.Equal((0, rows / 20), (mended.Refused - (int)await rig.CountAsync($"imports.staged_row where run = '{mended.Id}' and refusal like 'likely-%'"), mended.Rows));
    }

    [Fact]
    public async Task Responsible_IsFoundByNameSignInOrMail_AndRefusedWhereNobodySeveralOrNoSellerIsCalledSo()
    {
        var (ann, first, second, guard) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        foreach (var (id, name) in new[] { (ann, "Ann Seller"), (first, "Max Twin"), (second, "max twin") }) await rig.AddUserAsync(id, name, permissions: Permissions.ClientsRead);
        await rig.AddUserAsync(guard, "Gus Guard");

        var run = await rig.ImportAsync("clients", "base.csv",
            $"client,responsible\nAlfa,ann seller\nBeta,ANN.Seller@probe.example\nEpsilon,ann.seller.{ann.ToString()[^4..]}\nGamma,Max Twin\nDelta,Nobody\nZeta,Gus Guard\nEta,max.twin.{second.ToString()[^4..]}\n");

        Assert.Equal((4, 3), (run.Applied, run.Refused));
        Assert.Equal((3, 1), (await rig.CountAsync($"clients.partner where responsible = '{ann}'"), await rig.CountAsync($"clients.partner where name = 'Eta' and responsible = '{second}'")));
        Assert.Equal(["5 responsible-several", "6 responsible-unknown", "7 responsible-without-clients"],
            (await rig.Query.PreviewAsync(run.Id, ImportRig.Importer, default)).First.Where(r => r.Refusal is not null).Select(r => $"{r.Line} {r.Refusal}"));
    }

    /// <summary>A base of old tells of people who are gone; their clients come, and somebody is to be found for them.</summary>
    [Fact]
    public async Task Responsible_WhoHasLeft_LeavesTheClientToNobody_AndTheRunSaysSo()
    {
        await rig.AddUserAsync(Guid.NewGuid(), "Lena Gone", blocked: true, Permissions.ClientsRead);

        var run = await rig.ImportAsync("clients", "base.csv", "client,responsible\nAlfa,Lena Gone\n");

        Assert.Equal((1, 0, 1), (run.Applied, run.Refused, run.Notes["responsible-left"]));
        Assert.Equal(1, await rig.CountAsync("clients.partner where responsible is null"));
    }

    private async Task<List<long>> KeysAsync()
    {
        var keys = new List<long>();
        await using var command = rig.Data.CreateCommand("select key from clients.partner_key order by key");
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) keys.Add(rows.GetInt64(0));
        return keys;
    }
}
