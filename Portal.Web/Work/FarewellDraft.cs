using Portal.Domain.Identity;
using Portal.Domain.Work;
using Portal.Web.Shared;

namespace Portal.Web.Work;

/// <summary>The letter to the clients as it is written on the page; it starts with our own words in every language.</summary>
public sealed class FarewellDraft
{
    private static readonly string[] Places = [.. Domain.Work.Farewell.Places.Select(place => $"{{{place}}}")];

    /// <summary>True where the clients are written to.</summary>
    public bool Wanted { get; set; }
    /// <summary>Null: the writer's own.</summary>
    public string? Language { get; set; }
    /// <summary>True where a client is rather written to in the language of its country.</summary>
    public bool LanguageOfCountry { get; set; } = true;
    /// <summary>Code of a language → words.</summary>
    public Dictionary<string, FarewellWords> Words { get; } = [];

    /// <summary>Fills in our words where none are yet.</summary>
    public void Begin(TextCatalog catalog)
    {
        foreach (var language in Languages.All)
            Words.TryAdd(language.Code, new(Own("farewell.subject"), Own("farewell.text").Replace("\\n", "\n", StringComparison.Ordinal)));

        string Own(string key) => string.Format(null, catalog.Find(key, Languages.All[Words.Count].Code)!, [.. Places]);
    }

    /// <summary>The letter as a job takes it.</summary>
    public Farewell Farewell(string writer) => new(Words, Language ?? writer, LanguageOfCountry);
}
