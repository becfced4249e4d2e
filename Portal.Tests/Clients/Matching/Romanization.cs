namespace Portal.Tests.Clients.Matching;

/// <summary>Published systems that write Cyrillic in Latin letters, each with its own table; nothing of the product's.</summary>
internal sealed class Romanization
{
    private readonly Dictionary<char, string> table = [];

    private Romanization(string name, string rules)
    {
        Name = name;
        foreach (var rule in rules.Split(' ')) table[rule[0]] = rule[2..];
    }

    public string Name { get; }

    /// <summary>Resolution 55 of the Cabinet of Ukraine, 2010.</summary>
    public static readonly Romanization UkrainianPassport = new("KMU 2010",
        "а=a б=b в=v г=h ґ=g д=d е=e є=ie ж=zh з=z и=y і=i ї=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ь= ю=iu я=ia '=");

    /// <summary>Ukrainian by German newspapers.</summary>
    public static readonly Romanization UkrainianGerman = new("German, Ukrainian",
        "а=a б=b в=w г=h ґ=g д=d е=e є=je ж=sch з=s и=y і=i ї=ji й=j к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=ch ц=z ч=tsch ш=sch щ=schtsch ь= ю=ju я=ja '=");

    /// <summary>Scholarly transliteration of Ukrainian (ISO 9:1968).</summary>
    public static readonly Romanization UkrainianScholarly = new("scholarly, Ukrainian",
        "а=a б=b в=v г=h ґ=g д=d е=e є=je ж=ž з=z и=y і=i ї=ji й=j к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=ch ц=c ч=č ш=š щ=šč ь=’ ю=ju я=ja '=");

    /// <summary>Russian passports since 2013 (ICAO Doc 9303).</summary>
    public static readonly Romanization RussianPassport = new("ICAO",
        "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ=ie ы=y ь= э=e ю=iu я=ia");

    /// <summary>GOST 7.79-2000, system B.</summary>
    public static readonly Romanization RussianGost = new("GOST 7.79 B",
        "а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=j к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=x ц=cz ч=ch ш=sh щ=shh ъ=’’ ы=y’ ь=’ э=e’ ю=yu я=ya");

    /// <summary>Russian by BGN/PCGN 1947, without its rules for beginnings of words.</summary>
    public static readonly Romanization RussianBgn = new("BGN/PCGN",
        "а=a б=b в=v г=g д=d е=e ё=yë ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ=” ы=y ь=’ э=e ю=yu я=ya");

    /// <summary>Scholarly transliteration of Russian.</summary>
    public static readonly Romanization RussianScholarly = new("scholarly, Russian",
        "а=a б=b в=v г=g д=d е=e ё=ë ж=ž з=z и=i й=j к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=ch ц=c ч=č ш=š щ=šč ъ=” ы=y ь=’ э=è ю=ju я=ja");

    /// <summary>Russian by German newspapers.</summary>
    public static readonly Romanization RussianGerman = new("German, Russian",
        "а=a б=b в=w г=g д=d е=e ё=jo ж=sch з=s и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=ch ц=z ч=tsch ш=sch щ=schtsch ъ= ы=y ь= э=e ю=ju я=ja");

    public static readonly IReadOnlyList<Romanization> Ukrainian = [UkrainianPassport, UkrainianGerman, UkrainianScholarly];
    public static readonly IReadOnlyList<Romanization> Russian = [RussianPassport, RussianGost, RussianBgn, RussianScholarly, RussianGerman];

    /// <summary>The text in Latin letters; words keep their capitals.</summary>
    public string Of(string text) => string.Concat(text.Select(letter =>
        !table.TryGetValue(char.ToLowerInvariant(letter), out var latin) ? letter.ToString()
        : char.IsUpper(letter) && latin.Length > 0 ? char.ToUpperInvariant(latin[0]) + latin[1..] : latin));
}
