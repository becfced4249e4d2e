using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Clients.Matching;
using Portal.Infrastructure.Database;

namespace Portal.Bench;

/// <summary>
/// An invented base of clients, always the same for its size: companies and people of several countries with legal entities, contacts, addresses, tags and meetings.
/// Names are skewed (Zipf) as real ones are: some words stand in every hundredth name, most in few. Written past the application by COPY, with the search entries and keys it would write.
/// </summary>
internal sealed class InventedClients(NpgsqlDataSource owner, int count)
{
    private const int AtOnce = 20_000;

    private static readonly string[] First = Words("Зоря Світанок Калина Хутір Жайвір Ромашка Млин Криниця Вітряк Поділля Horizon Amber Falcon Juniper Cedar Harbor Meadow Granite Willow Maple Aurora Sterling Cobalt Orchard Beacon Summit Тополь Берёза Рассвет Волна Маяк Сокол Родник Гранит Ясень Восход Codru Zimbru Soare Stejar Munte Izvor Cahaya Samudra Melati Garuda Merapi Kencana");
    private static readonly string[] Second = Words("Агро Буд Транс Метал Хліб Дім Сервіс Логістик Foods Trade Logistics Works Systems Motors Textile Supply Торг Строй Пром Снаб Мебель Сталь Prod Construct Impex Mobila Jaya Makmur Sentosa Abadi");
    private static readonly string[] Stems = Words("Коваль Шевчен Бондар Мельни Кравчен Лисен Мороз Сидор Захар Гнат Чорн Жук Якимен Щерб Петр Вовч Хмар Цимбал Руд Дуб Popes Iones Munte Rusu Dobre Stan Barbu Lupu Wijaya Santoso Harto Kusuma Smith Carter Walker Turner");
    private static readonly string[] Ends = Words("ко чук ський енко ов ин ев ий ак ець escu eanu aru son man wan");
    private static readonly string[] Given = Words("Олена Іван Марія Тарас Оксана Юрій Ганна Сергій Наталія Андрій Дмитрий Ольга Татьяна Алексей Юлия Михаил Ion Elena Andrei Ioana Mihai Budi Siti Agus Dewi Joko Anna Peter John Lucy");
    private static readonly string[] Towns = Words("Київ Харків Львів Одеса Чернігів Житомир Москва Казань Самара Тверь Chișinău Bălți București Iași Cluj Jakarta Bandung Surabaya Medan Полтава Луцьк Суми Ужгород Тула");
    private static readonly string[] Streets = Words("Садова Шевченка Перемоги Лісова Тиха Зелена Квіткова Чорновола Польова Щаслива Ленина Мира Победы Лесная Ștefan Eminescu Unirii Merdeka Sudirman Diponegoro Хрещатик Дерибасівська Городоцька Соборна");
    private static readonly string[] Forms = ["ТОВ «{0}»", "ООО «{0}»", "SRL {0}", "PT {0}", "{0} LLC", "ФОП {0}", "ПП «{0}»", "АО «{0}»"];
    private static readonly string[] Tags = Words("key regional debtor partner2026 export tender warm cold");

    private readonly Random random = new(20260419);

    /// <summary>Users who answer for clients.</summary>
    public IReadOnlyList<Guid> Sellers { get; } = [.. Enumerable.Range(0, 20).Select(i => Id(9, i))];

    /// <summary>Some of the clients, to look for.</summary>
    public List<(string Name, string Phone, PartyDetails Party)> Some { get; } = [];

    /// <summary>Writes all and lets the database look at it.</summary>
    public async Task WriteAsync(Action<string> progress, CancellationToken ct)
    {
        await using var connection = await owner.OpenConnectionAsync(ct);
        string[] tables = ["clients.partner", "clients.counterparty", "clients.person", "clients.contact_role", "clients.place", "clients.interaction", "clients.partner_key", "core.search_entry", "clients.partner_words", "work.object_tag"];
        // whom a change concerns need not be listed: the keys are written here
        foreach (var table in tables) await RunAsync(connection, $"alter table {table} disable trigger user", ct);
        for (var i = 0; i < Sellers.Count; i++)
            await RunAsync(connection, $"""
                insert into identity.portal_user (id, user_name, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count, display_name, culture, time_zone, theme, dense, single_key_shortcuts, blocked, must_change_password)
                values ('{Sellers[i]}', 'seller{i}', true, false, false, false, 0, 'Seller {i}', 'en', 'UTC', 'system', true, true, false, false)
                """, ct);
        var indexes = await WithoutIndexesAsync(connection, tables, ct);
        for (var from = 0; from < count; from += AtOnce)
        {
            var clients = Enumerable.Range(from, Math.Min(AtOnce, count - from)).Select(Invent).ToList();
            var keys = clients.AsParallel().AsOrdered().Select(c => PartyForm.Of(c.Party).BlockingKeys).ToList();
            await CopyAsync(connection, clients, keys, ct);
            Some.AddRange(clients.Where((_, at) => at % Math.Max(1, count / 2_000) == 0).Select(c => (c.Name, c.Phone, c.Party)));
            if ((from / AtOnce) % 5 == 4) progress($"  {from + AtOnce:n0} clients written");
        }
        progress("  indexes …");
        foreach (var index in indexes) await RunAsync(connection, index, ct);
        foreach (var table in tables)
        {
            await RunAsync(connection, $"alter table {table} enable trigger user", ct);
            await RunAsync(connection, $"vacuum analyze {table}", ct);
        }
    }

    private sealed record Client(int Number, string Name, string Phone, string Mail, string Legal, string Tax, string Country, string Contact, string ContactPhone, string Town, string Street, string House, PartyDetails Party);

    private Client Invent(int number)
    {
        var person = random.Next(10) < 3;
        var human = $"{Zipf(Given)} {Surname()}";
        // three words and a number of its own: namesakes exist, but not by the thousand
        var name = person ? human : random.Next(3) == 0 ? $"{Zipf(First)}-{Zipf(Second)}" : $"{Zipf(First)} {Surname()} {Zipf(Second)}";
        var country = Zipf(["UA", "RU", "MD", "RO", "ID"]);
        var phone = $"+{(country switch { "UA" => "380", "RU" => "7", "MD" => "373", "RO" => "40", _ => "62" })}{Digits(country == "MD" ? 8 : country == "RU" ? 10 : 9)}";
        var contact = $"{Zipf(Given)} {Surname()}";
        var (town, street, house) = (Zipf(Towns), $"{Zipf(Streets)} {Surname()}", (1 + random.Next(180)).ToString());
        var (tax, mail, contactPhone) = (Digits(10), $"office{number}@{(number % 50_000).ToString("x")}.example", $"0{Digits(9)}");
        var legal = string.Format(Zipf(Forms), name);
        return new(number, name, phone, mail, legal, tax, country, contact, contactPhone, town, street, house, new()
        {
            Name = name, OtherNames = [legal], TaxNumbers = [TaxNumber.Of(tax, country)], Phones = [PhoneNumber.Of(phone, country), PhoneNumber.Of(contactPhone, country)], Mails = [MailAddress.Of(mail)],
            Contacts = [contact], Addresses = [new() { Country = country, City = town, Street = street, House = house }],
        });
    }

    private async Task CopyAsync(NpgsqlConnection connection, List<Client> clients, List<long[]> keys, CancellationToken ct)
    {
        var since = new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await CopyAsync(connection, "clients.partner (id, name, kinds, phone, email, archived, standing, level, responsible, created_at)", clients, c =>
            [Id(1, c.Number), c.Name, c.Number % 7 == 0 ? 3 : 1, c.Phone, c.Mail, c.Number % 50 == 0, c.Number % 3 == 0 ? "Active" : c.Number % 11 == 0 ? "Lost" : "Prospect", "Single", c.Number % 10 == 0 ? null : Sellers[c.Number * 7 % Sellers.Count], since.AddMinutes(c.Number * 2.0)], ct);
        await CopyAsync(connection, "clients.counterparty (id, partner, name, tax_number, country, archived)", clients, c => [Id(2, c.Number), Id(1, c.Number), c.Legal, c.Tax, c.Country, false], ct);
        await CopyAsync(connection, "clients.person (id, name, phone)", clients, c => [Id(3, c.Number), c.Contact, c.ContactPhone], ct);
        await CopyAsync(connection, "clients.contact_role (id, person, role, partner, ended)", clients, c => [Id(4, c.Number), Id(3, c.Number), "buyer", Id(1, c.Number), false], ct);
        await CopyAsync(connection, "clients.place (id, owner, partner, name, address, purposes, country, town, street, house, archived)", clients, c =>
            [Id(5, c.Number), "Partner", Id(1, c.Number), c.Town, $"{c.Street} {c.House}, {c.Town}", 1, c.Country, c.Town, c.Street, c.House, false], ct);
        await CopyAsync(connection, "clients.interaction (id, partner, kind, direction, state, at, minutes, subject, responsible, created_at, changed_at, revision, by_user, by_name)", clients.Where(c => c.Number % 2 == 0), c =>
            [Id(6, c.Number), Id(1, c.Number), "Call", "Outgoing", c.Number % 8 == 0 ? "Planned" : "Held", since.AddMinutes(c.Number * 2.5), 10, "Called about prices", Sellers[0], since, since, 0, Sellers[0], "Seller 0"], ct);
        await CopyAsync(connection, "work.object_tag (id, about_kind, about_id, word)", clients.Where(c => c.Number % 3 == 0), c => [Id(7, c.Number), "Partner", Id(1, c.Number), Tags[c.Number % Tags.Length]], ct);
        await CopyAsync(connection, "core.search_entry (kind, object_id, title, text, partner, heard)", clients.SelectMany(c => new (Client C, string Kind, int Of, string Title, string Text, bool Own)[]
        {
            (c, "Partner", 1, c.Name, $"{c.Phone} {c.Mail}", true), (c, "Counterparty", 2, c.Legal, c.Tax, true), (c, "Person", 3, c.Contact, c.ContactPhone, false),
            (c, "Place", 5, c.Town, $"{c.Street} {c.House}, {c.Town}", true),
        }), e => [e.Kind, Id(e.Of, e.C.Number), e.Title, e.Text, e.Own ? Id(1, e.C.Number) : null, new SearchRow { Title = e.Title }.Heard], ct);
        await CopyAsync(connection, "clients.partner_key (key, partner)", clients.Zip(keys).SelectMany(c => c.Second.Select(key => (key, c.First.Number))), k => [k.key, Id(1, k.Number)], ct);
        await using var words = new NpgsqlCommand("select clients.write_words($1)", connection) { CommandTimeout = 0, Parameters = { new() { Value = clients.ConvertAll(c => Id(1, c.Number)).ToArray() } } };
        await words.ExecuteNonQueryAsync(ct);
        await using var titles = new NpgsqlCommand("select core.list_title_words($1)", connection) { CommandTimeout = 0, Parameters = { new() { Value = clients.SelectMany(c => (string[])[c.Legal, c.Contact, c.Town]).Distinct().ToArray() } } };
        await titles.ExecuteNonQueryAsync(ct);
    }

    private static async Task CopyAsync<T>(NpgsqlConnection connection, string table, IEnumerable<T> rows, Func<T, object?[]> values, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {table} from stdin (format binary)", ct);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(ct);
            foreach (var value in values(row))
                switch (value)
                {
                    case null: await copy.WriteNullAsync(ct); break;
                    case DateTime at: await copy.WriteAsync(at, NpgsqlDbType.TimestampTz, ct); break;
                    default: await copy.WriteAsync(value, ct); break;
                }
        }
        await copy.CompleteAsync(ct);
    }

    /// <summary>Drops the indexes that hold no constraint, for a base is written faster without; gives back how they are made again.</summary>
    internal static async Task<List<string>> WithoutIndexesAsync(NpgsqlConnection connection, string[] tables, CancellationToken ct)
    {
        var found = new List<(string Name, string Made)>();
        await using (var command = new NpgsqlCommand("""
            select schemaname || '.' || indexname, indexdef from pg_indexes i where schemaname || '.' || tablename = any($1)
            and not exists (select from pg_constraint c where c.conname = i.indexname and c.connamespace = i.schemaname::regnamespace)
            """, connection) { Parameters = { new() { Value = tables } } })
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) found.Add((rows.GetString(0), rows.GetString(1)));
        foreach (var (name, _) in found) await RunAsync(connection, $"drop index {name}", ct);
        return found.ConvertAll(f => f.Made);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private string Surname() => Zipf(Stems) + Zipf(Ends);

    private string Digits(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)('0' + (i == 0 ? 1 + random.Next(9) : random.Next(10)))));

    // the k-th word about 1/k as often as the first
    private string Zipf(string[] words) => words[(int)Math.Min(words.Length - 1, Math.Pow(words.Length + 1, random.NextDouble()) - 1)];

    private static string[] Words(string text) => text.Split(' ');

    private static Guid Id(int kind, int number) => new(number, (short)kind, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);
}
