using System.Globalization;
using Portal.Domain.Clients;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>Words by which files name kinds, standings, purposes and countries, in any of the five languages, whatever the case.</summary>
internal static class ClientWords
{
    private static readonly Dictionary<string, PartnerKinds> Kinds = Of(
        (PartnerKinds.Client, "client customer buyer клиент покупатель заказчик клієнт покупець замовник cumparator klien pelanggan pembeli"),
        (PartnerKinds.Supplier, "supplier vendor поставщик постачальник furnizor pemasok"),
        (PartnerKinds.Agent, "agent агент agen"),
        (PartnerKinds.Partner, "partner партнер партнёр partener mitra"),
        (PartnerKinds.Competitor, "competitor конкурент concurent pesaing"));

    private static readonly Dictionary<string, PartnerStanding> Standings = Of(
        (PartnerStanding.Prospect, "prospect lead потенциальный потенційний potential calon"),
        (PartnerStanding.Active, "active действующий активный активний діючий activ aktif"),
        (PartnerStanding.Lost, "lost потерян потерянный втрачений pierdut hilang"));

    private static readonly Dictionary<string, PlacePurposes> Purposes = Of(
        (PlacePurposes.Office, "office офис офіс birou kantor"),
        (PlacePurposes.Warehouse, "warehouse store склад depozit gudang"),
        (PlacePurposes.Shop, "shop outlet магазин magazin toko"),
        (PlacePurposes.Legal, "legal registered юридический юридична sediu terdaftar"));

    private static readonly string[] Languages = ["en", "ru", "uk", "ro", "id"];

    // short, official and former names of which people make use in lists
    private static readonly (string Code, string Names)[] OtherNamesOfCountries =
    [
        ("AE", "ОАЭ,ОАЕ,UAE,EAU,UEA,Emirates,Эмираты,Емірати,Emirate,Emiratele Arabe"),
        ("BY", "РБ,Белоруссия,Республика Беларусь,Республіка Білорусь,Byelorussia,Belorusia,Belarusia"),
        ("CN", "КНР,PRC,Cina"),
        ("CZ", "Czech Republic,Чешская Республика,Чеська Республіка,Republica Cehă,Republik Ceko"),
        ("DE", "ФРГ,ФРН,RFG,BRD"),
        ("GB", "UK,Great Britain,Britain,England,Scotland,Wales,Британия,Соединённое Королевство,Англия,Шотландия,Британія,Англія,Шотландія,Сполучене Королівство,Marea Britanie,Anglia,Inggris,Britania Raya"),
        ("ID", "Republik Indonesia"),
        ("KG", "Кыргызстан,Киргизстан,Kirghizstan,Kirgistan"),
        ("KR", "Корея,Южная Корея,Korea,South Korea,Coreea"),
        ("KZ", "РК,Республика Казахстан"),
        ("MD", "Молдавия,Молдавія,Республика Молдова,Республіка Молдова,Republic of Moldova,RM,РМ"),
        ("MK", "Македония,Македонія,Macedonia,Makedonia"),
        ("NL", "Голландия,Голландія,Holland,Olanda,The Netherlands"),
        ("RU", "РФ,Российская Федерация,Російська Федерація,Russian Federation,Federația Rusă,Federasi Rusia"),
        ("TR", "Türkiye"),
        ("US", "США,USA,U.S.A.,U.S.,United States of America,America,Соединённые Штаты Америки,Америка,Сполучені Штати Америки,SUA,S.U.A.,Statele Unite,Amerika"),
        ("VN", "Вьетнам,Вʼєтнам"),
    ];

    private static readonly Dictionary<string, string> Countries = NamesOfCountries();

    /// <summary>What a party is to us, several words parted by commas; null for a word nobody knows.</summary>
    public static PartnerKinds? KindsOf(string text) => Sum(text, Kinds) is { } sum ? (PartnerKinds)sum : null;

    /// <summary>How it stands to us.</summary>
    public static PartnerStanding? StandingOf(string text) => Standings.TryGetValue(ColumnMap.Normalised(text), out var standing) ? standing : null;

    /// <summary>What an address is used for, several words parted by commas.</summary>
    public static PlacePurposes? PurposesOf(string text) => Sum(text, Purposes) is { } sum ? (PlacePurposes)sum : null;

    /// <summary>The ISO 3166 code of a country by its code or its name.</summary>
    public static string? CountryOf(string text) => Countries.GetValueOrDefault(ColumnMap.Normalised(text));

    private static int? Sum<T>(string text, Dictionary<string, T> words) where T : struct, Enum
    {
        var sum = 0;
        foreach (var word in text.Split([',', ';', '/', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // "registered address" and "юридический адрес" are known by their first word
            var normal = ColumnMap.Normalised(word);
            if (!words.TryGetValue(normal, out var value) && !words.TryGetValue(normal.Split(' ')[0], out value) && !words.TryGetValue(normal.Split(' ')[^1], out value)) return null;
            sum |= Convert.ToInt32(value, CultureInfo.InvariantCulture);
        }
        return sum;
    }

    private static Dictionary<string, T> Of<T>(params (T Value, string Words)[] values) =>
        values.SelectMany(v => v.Words.Split(' ').Select(word => (Word: ColumnMap.Normalised(word), v.Value))).DistinctBy(w => w.Word).ToDictionary(w => w.Word, w => w.Value);

    // by the country's own languages and by ours: "ru-RO" is Romania where Russian is spoken
    private static Dictionary<string, string> NamesOfCountries()
    {
        var names = new Dictionary<string, string>();
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
        {
            if (culture.Name.Split('-')[^1] is not { Length: 2 } code || !code.All(char.IsAsciiLetterUpper)) continue;
            var region = new RegionInfo(culture.Name);
            foreach (var name in Languages.Select(language => new RegionInfo($"{language}-{code}").NativeName).Concat([code, region.ThreeLetterISORegionName, region.EnglishName, region.NativeName]))
                names.TryAdd(ColumnMap.Normalised(name), code);
        }
        foreach (var (code, words) in OtherNamesOfCountries)
            foreach (var name in words.Split(',')) names.TryAdd(ColumnMap.Normalised(name), code);
        return names;
    }
}
