using System.Collections.Concurrent;
using System.Globalization;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients;

/// <summary>Countries by their names in the five languages and in their own, whatever the case.</summary>
public static class CountryNames
{
    private static readonly string[] Languages = ["en", "ru", "uk", "ro", "id"];

    // short, official and former names of which people make use in lists
    private static readonly (string Code, string Names)[] OtherNames =
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

    private static readonly Dictionary<string, string> Codes = ReadCodes();

    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Lists = new();

    /// <summary>The ISO 3166 code of a country by its code or its name; null for what is none.</summary>
    public static string? CodeOf(string text) => Codes.GetValueOrDefault(ColumnMap.Normalised(text));

    /// <summary>What a country is called in a language; a code that is none stands for itself.</summary>
    /// <param name="code">ISO 3166, two letters</param>
    /// <param name="language">ISO 639, such as <c>uk</c></param>
    public static string NameOf(string code, string language) => Codes.GetValueOrDefault(ColumnMap.Normalised(code)) is { } known ? new RegionInfo($"{language}-{known}").NativeName : code;

    /// <summary>All countries in a language, by name.</summary>
    public static IReadOnlyList<string> In(string language) => Lists.GetOrAdd(language, static language =>
        [.. Codes.Values.Distinct().Select(code => NameOf(code, language)).Distinct().Order(StringComparer.Create(CultureInfo.GetCultureInfo(language), true))]);

    // by the country's own languages and by ours: "ru-RO" is Romania where Russian is spoken
    private static Dictionary<string, string> ReadCodes()
    {
        var names = new Dictionary<string, string>();
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
        {
            if (culture.Name.Split('-')[^1] is not { Length: 2 } code || !code.All(char.IsAsciiLetterUpper)) continue;
            var region = new RegionInfo(culture.Name);
            foreach (var name in Languages.Select(language => new RegionInfo($"{language}-{code}").NativeName).Concat([code, region.ThreeLetterISORegionName, region.EnglishName, region.NativeName]))
                names.TryAdd(ColumnMap.Normalised(name), code);
        }
        foreach (var (code, words) in OtherNames)
            foreach (var name in words.Split(',')) names.TryAdd(ColumnMap.Normalised(name), code);
        return names;
    }
}
