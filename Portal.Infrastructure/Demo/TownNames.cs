namespace Portal.Infrastructure.Demo;

/// <summary>Invented proper names, each given once; plain Latin letters that every language of the product can read.</summary>
internal sealed class TownNames(Random random)
{
    private static readonly string[] Beginnings =
        ["Al", "Bel", "Bru", "Cor", "Dor", "El", "Fal", "Gal", "Hel", "Jor", "Kar", "Lor", "Mel", "Nor", "Or", "Pal", "Ros", "Sol", "Tar", "Ul", "Val", "Zar"];

    private static readonly string[] Middles = ["and", "av", "den", "est", "im", "ind", "ol", "or", "un", "ver"];

    private static readonly string[] Endings = ["a", "ela", "eno", "eta", "ia", "ino", "ora", "ova", "une", "usa"];

    private readonly Queue<string> names = new(Shuffled(random));

    /// <summary>A name not given before.</summary>
    public string Next() => names.Dequeue();

    private static string[] Shuffled(Random random)
    {
        string[] all = [.. from b in Beginnings from m in Middles from e in Endings select b + m + e];
        random.Shuffle(all);
        return all;
    }
}
