namespace Portal.Web.Shared;

/// <summary>Who did something and from where, for people: a person by his name, the product's own work in the reader's language.</summary>
internal static class ActorNames
{
    private const string Beside = " · ";

    /// <summary>The name; what works for somebody stands behind that one's name.</summary>
    public static string Show(string name, Texts texts)
    {
        var cut = name.LastIndexOf(Beside, StringComparison.Ordinal);
        var (person, job) = cut < 0 ? ("", name) : (name[..(cut + Beside.Length)], name[(cut + Beside.Length)..]);
        var word = job.Replace(' ', '-');
        return texts.Has($"actor.{word}") ? person + texts[$"actor.{word}"] : name;
    }

    /// <summary>An address, or the way in that is none.</summary>
    public static string Origin(string origin, Texts texts)
    {
        var word = origin.Replace(' ', '-');
        return texts.Has($"origin.{word}") ? texts[$"origin.{word}"] : origin;
    }
}
