using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

/// <summary>
/// A base of invented clients as real ones are: people and companies of several countries, written twice and more with typing errors, gaps, exchanged words
/// and transliterations, among families behind one door, companies of one house and namesakes of one town, who are not the same.
/// </summary>
internal sealed class DirtyClients
{
    private static readonly string[] UkrainianGiven = ["Олена", "Іван", "Марія", "Тарас", "Оксана", "Юрій", "Ганна", "Сергій", "Наталія", "Андрій", "Ярослав", "Людмила", "Богдан", "Зоряна", "Євген", "Христина"];
    private static readonly string[] RussianGiven = ["Иван", "Мария", "Дмитрий", "Ольга", "Сергей", "Татьяна", "Алексей", "Юлия", "Михаил", "Ксения", "Егор", "Людмила", "Фёдор", "Жанна", "Щукарь", "Илья"];
    private static readonly string[] RomanianGiven = ["Ion", "Maria", "Ștefan", "Elena", "Andrei", "Ioana", "Mihai", "Cătălina", "Vasile", "Ana", "Gheorghe", "Ruxandra", "Doina", "Sorin", "Țvetana", "Răzvan"];
    private static readonly string[] Indonesian = ["Budi", "Siti", "Agus", "Dewi", "Joko", "Rina", "Bambang", "Wulan", "Cahyo", "Putri", "Slamet", "Ratna", "Yusuf", "Indah", "Eko", "Lestari"];
    private static readonly string[] CyrillicStems = ["Ковал", "Шевч", "Бондар", "Мельник", "Кравч", "Лисен", "Мороз", "Сидор", "Захар", "Гнат", "Чорн", "Жук", "Яким", "Щерб", "Петр", "Вовк", "Хмар", "Цимбал", "Рудь", "Дуб"];
    private static readonly string[] UkrainianEnds = ["енко", "чук", "ський", "ець", "юк", "ак"];
    private static readonly string[] RussianEnds = ["ов", "ин", "ский", "ев", "ков", "ичев"];
    private static readonly string[] RomanianStems = ["Pop", "Ion", "Mold", "Rus", "Dobr", "Stan", "Mun", "Cios", "Barb", "Lup", "Negr", "Tud", "Vlad", "Cons", "Șerb", "Țur"];
    private static readonly string[] RomanianEnds = ["escu", "eanu", "aru", "ea", "an", "oiu"];
    private static readonly string[] TradeFirst = ["Ромашка", "Сонячний", "Дніпровський", "Зоря", "Світанок", "Калина", "Чумацький", "Жайвір", "Хутір", "Яблуневий", "Південний", "Гірський"];
    private static readonly string[] TradeSecond = ["Світ", "Дім", "Шлях", "Млин", "Сад", "Метал", "Хліб", "Транс", "Буд", "Агро", "Плюс", "Сервіс"];
    private static readonly string[] Streets = ["вул. Садова", "вул. Шевченка", "просп. Перемоги", "вул. Лісова", "пров. Тихий", "вул. Зелена", "бульв. Квітковий", "вул. Чорновола", "вул. Польова", "вул. Щаслива"];
    private static readonly string[] Towns = ["Київ", "Харків", "Львів", "Одеса", "Чернігів", "Житомир", "Запоріжжя", "Хмельницький", "Суми", "Луцьк", "Полтава", "Ужгород"];

    private readonly Random random;
    private readonly List<PartyDetails> people = [];
    private readonly List<string> entities = [];

    private DirtyClients(int seed) => random = new Random(seed);

    public IReadOnlyList<PartyDetails> People => people;
    public IReadOnlyList<string> Entities => entities;

    /// <summary>So many different clients, half of them written more than once.</summary>
    public static DirtyClients Of(int clients, int seed)
    {
        var dirty = new DirtyClients(seed);
        PartyDetails? last = null;
        for (var client = 0; client < clients; client++)
        {
            var clean = dirty.Client(last);
            last = clean;
            dirty.Write(clean, client);
            for (var again = dirty.random.Next(4) - 1; again > 0; again--) dirty.Write(dirty.Dirty(clean), client);
        }
        return dirty;
    }

    /// <summary>The same clients without what identifies one nearly alone.</summary>
    public IReadOnlyList<PartyDetails> WithoutIdentifiers() => [.. people.Select(party => party with { TaxNumbers = [], BirthDate = null })];

    private void Write(PartyDetails party, int entity)
    {
        people.Add(party);
        entities.Add(entity.ToString());
    }

    private PartyDetails Client(PartyDetails? neighbour)
    {
        var party = random.Next(10) < 4 ? Company() : Person();
        if (neighbour is null) return party;
        return random.Next(30) switch
        {
            // behind one door: the address, the phone, and in a family the surname
            0 => party with { Name = Relative(party.Name, neighbour.Name), Addresses = neighbour.Addresses, Phones = neighbour.Phones },
            // another office of the same house
            1 or 2 => party with { Addresses = [neighbour.Addresses[0] with { Premise = $"оф. {random.Next(1, 90)}" }] },
            // a namesake
            3 => party with { Name = neighbour.Name },
            _ => party,
        };
    }

    private string Relative(string own, string neighbours) => $"{own.Split(' ')[0]} {neighbours.Split(' ')[^1]}";

    private PartyDetails Person()
    {
        var name = random.Next(4) switch
        {
            0 => $"{Pick(UkrainianGiven)} {Pick(CyrillicStems)}{Pick(UkrainianEnds)}",
            1 => $"{Pick(RussianGiven)} {Pick(CyrillicStems)}{Pick(RussianEnds)}",
            2 => $"{Pick(RomanianGiven)} {Pick(RomanianStems)}{Pick(RomanianEnds)}",
            _ => $"{Pick(Indonesian)} {Pick(Indonesian)}",
        };
        return Reachable(name) with { BirthDate = new DateOnly(1940 + random.Next(65), random.Next(1, 13), random.Next(1, 29)) };
    }

    private PartyDetails Company() => Reachable($"{Pick(TradeFirst)}-{Pick(TradeSecond)} {Pick(CyrillicStems)}");

    private PartyDetails Reachable(string name) => new()
    {
        Name = name,
        TaxNumbers = [TaxNumber.Of(random.NextInt64(1_000_000_000, 9_999_999_999).ToString(), null)],
        Phones = [PhoneNumber.Of($"+38067{random.Next(1_000_000, 9_999_999)}", "UA")],
        Mails = [MailAddress.Of($"{Romanization.UkrainianPassport.Of(name.ToLowerInvariant().Replace(' ', '.'))}{random.Next(90)}@example.com")],
        Addresses = [new() { City = Pick(Towns), Street = Pick(Streets), House = random.Next(1, 120).ToString(), Postcode = random.Next(10_000, 99_999).ToString() }],
    };

    /// <summary>The same client as somebody else wrote him.</summary>
    private PartyDetails Dirty(PartyDetails clean)
    {
        var address = clean.Addresses[0];
        return clean with
        {
            Name = DirtyName(clean.Name),
            BirthDate = Chance(0.2) ? null : clean.BirthDate,
            TaxNumbers = Chance(0.3) ? [] : [TaxNumber.Of(Mistyped(clean.TaxNumbers[0].Entered, 0.05), null)],
            Phones = Chance(0.3) ? [] : Chance(0.2) ? [PhoneNumber.Of($"+38050{random.Next(1_000_000, 9_999_999)}", "UA")] : clean.Phones,
            Mails = Chance(0.5) ? [] : clean.Mails,
            Addresses =
            [
                address with
                {
                    City = Chance(0.15) ? null : Mistyped(address.City!, 0.1), Street = Chance(0.15) ? null : Mistyped(address.Street!, 0.2),
                    House = Chance(0.15) ? null : address.House, Postcode = Chance(0.3) ? null : Mistyped(address.Postcode!, 0.05),
                },
            ],
        };
    }

    private string DirtyName(string name)
    {
        var words = name.Split(' ');
        if (words.Length > 1 && Chance(0.15)) (words[0], words[^1]) = (words[^1], words[0]);
        var written = string.Join(Chance(0.03) ? "" : " ", words.Select(word => Mistyped(word, 0.2)));
        if (Chance(0.25)) written = Pick(Pick<IReadOnlyList<Romanization>>([Romanization.Ukrainian, Romanization.Russian])).Of(written);
        return name.Contains('-') ? $"{Pick(["ТОВ", "Товариство з обмеженою відповідальністю", "ПП", ""])} «{written}»" : written;
    }

    private string Mistyped(string text, double probability)
    {
        if (text.Length < 3 || !Chance(probability)) return text;
        var at = random.Next(1, text.Length - 1);
        return random.Next(4) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, text[random.Next(text.Length)].ToString()),
            2 => string.Concat(text.AsSpan(0, at), text[random.Next(text.Length)].ToString(), text.AsSpan(at + 1)),
            _ => string.Concat(text.AsSpan(0, at), text[at + 1].ToString(), text[at].ToString(), text.AsSpan(at + 2)),
        };
    }

    private bool Chance(double probability) => random.NextDouble() < probability;

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
