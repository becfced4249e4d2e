namespace Portal.Domain.Clients.Matching;

/// <summary>Words of addresses that say of what kind a thing is, with the abbreviations of our countries.</summary>
internal static class AddressWords
{
    private static readonly Dictionary<string, string> StreetKinds = Synonyms(
        "street: улица ул вулиця вул strada str jalan jl jln street st straße strasse rue via",
        "avenue: проспект просп пр пр-т bulevardul bulevard bd b-dul blvd boulevard бульвар бул б-р avenue ave av calea",
        "lane: переулок пер провулок пров lane ln gang gg intrarea intr fundătura",
        "square: площадь пл площа пл-ща piața piata p-ța square sq",
        "road: шоссе ш шосе șoseaua șos sos road rd highway hwy drive dr",
        "quay: набережная наб набережна quay splaiul splai",
        "passage: проезд пр-д проїзд тупик туп alley аллея алея aleea al узвіз",
        "quarter: микрорайон мкр мкрн мікрорайон м-н квартал кв-л cartier",
        "place: place pl", "court: court ct", "circuit: circuit cct", "crescent: crescent cres cr", "close: close cl", "terrace: terrace tce", "parade: parade pde", "way: way");

    private static readonly HashSet<string> Settlements =
    [
        .. Folded("г гор город м місто с село смт пгт п пос посёлок селище д дер деревня х ст-ца станица or oraș orașul mun municipiul com comuna sat satul kota kab kabupaten kec kecamatan city town"),
        .. Folded("обл область край респ республика республіка р-н район jud județ județul raion raionul r-nul prov provinsi province oblast region"),
    ];

    private static readonly HashSet<string> HouseMarks = [.. Folded("д дом буд будинок зд здание nr no num номер № house h rumah")];

    private static readonly Dictionary<string, string> HouseParts = Synonyms("k: корпус корп к", "s: строение стр с", "l: литера лит літ літера");

    /// <summary>The words of a street without its kind, and the kind (null when none is written); a street called by nothing else keeps its word.</summary>
    public static (string[] Words, string? Kind) Street(string? text)
    {
        var words = Hyphenated(text);
        var at = Array.FindIndex(words, StreetKinds.ContainsKey);
        // "St James Street": of two the last is the kind where it ends the name.
        if (at == 0 && words.Length > 2 && StreetKinds.ContainsKey(words[^1])) at = words.Length - 1;
        return at < 0 || words.Length == 1 ? (words, null) : ([.. words[..at], .. words[(at + 1)..]], StreetKinds[words[at]]);
    }

    /// <summary>The words of a town, district or region without what kind of settlement it is.</summary>
    public static string[] Settlement(string? text)
    {
        var words = Hyphenated(text);
        var names = words.Where(word => !Settlements.Contains(word)).ToArray();
        return names.Length > 0 ? names : words;
    }

    /// <summary>A house number without "house": digits, letters behind them, further numbers behind a slash; "д. 12-А" is "12a".</summary>
    public static string House(string? text)
    {
        var house = "";
        foreach (var word in TextFold.Words(text))
        {
            if (house.Length == 0 && HouseMarks.Contains(word)) continue;
            var part = HouseParts.GetValueOrDefault(word, word);
            house += house.Length > 0 && char.IsAsciiDigit(house[^1]) && char.IsAsciiDigit(part[0]) ? $"/{part}" : part;
        }
        return house;
    }

    /// <summary>Whether a word alone is a house number: a digit, then digits, letters, slashes and dashes.</summary>
    public static bool IsHouse(string word) => char.IsAsciiDigit(word[0]) && word.Length <= 8 && word.Skip(1).All(c => char.IsLetterOrDigit(c) || c is '/' or '-');

    /// <summary>Whether a word announces the house number.</summary>
    public static bool IsHouseMark(string word) => word is "№" or "#" || HouseMarks.Contains(TextFold.Joined(word));

    private static Dictionary<string, string> Synonyms(params string[] groups) => groups
        .SelectMany(group => Folded(group[(group.IndexOf(':') + 1)..]).Select(word => (Word: word, Kind: group[..group.IndexOf(':')])))
        .DistinctBy(pair => pair.Word)
        .ToDictionary(pair => pair.Word, pair => pair.Kind);

    private static IEnumerable<string> Folded(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(TextFold.Joined).Where(word => word.Length > 0);

    // "пр-т" and "р-н" are one word, "Ивано-Франковск" is two.
    private static string[] Hyphenated(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        return text.Contains('-')
            ? [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(part => IsKind(TextFold.Joined(part)) ? [TextFold.Joined(part)] : TextFold.Words(part))]
            : TextFold.Words(text);
    }

    private static bool IsKind(string word) => StreetKinds.ContainsKey(word) || Settlements.Contains(word);
}
