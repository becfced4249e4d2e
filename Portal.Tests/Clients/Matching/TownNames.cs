using System.IO.Compression;
using Portal.Domain.Clients.Matching;
using Portal.Infrastructure.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Clients.Matching;

/// <summary>A real town with its Latin name and what it is called in Cyrillic, in several languages.</summary>
internal sealed record TownNames(string Latin, NameForm Name, IReadOnlyList<NameForm> Cyrillic)
{
    /// <summary>The file below the shared data.</summary>
    public const string Path = "geo_names/geonames_cities15000.csv.gz";

    /// <summary>The towns of some countries that have a Latin name and a Cyrillic one.</summary>
    public static async Task<IReadOnlyList<TownNames>> OfAsync(params string[] countries)
    {
        var table = await new CsvFormat().OpenAsync(new SourceFile(SharedData.File(Path), "towns.csv.gz", long.MaxValue), default);
        int name = At("name"), alternates = At("alternatenames"), country = At("country");
        var towns = new List<TownNames>();
        await foreach (var row in table.Rows)
        {
            if (!countries.Contains(row.Fields[country]) || IsCyrillic(row.Fields[name])) continue;
            var cyrillic = row.Fields[alternates].Split(',').Where(IsCyrillic).Select(NameForm.Of).ToList();
            if (cyrillic.Count > 0) towns.Add(new(row.Fields[name], NameForm.Of(row.Fields[name]), cyrillic));
        }
        return towns;

        int At(string column) => table.Header.ToList().IndexOf(column);
    }

    /// <summary>Two towns of one name, which nobody can tell apart by it.</summary>
    public bool IsNamesake(TownNames other) =>
        Name.Text == other.Name.Text || Cyrillic.Any(one => other.Cyrillic.Any(another => one.Text == another.Text));

    /// <summary>The best similarity of this town's Latin name to a Cyrillic name of a town.</summary>
    public double SimilarityTo(TownNames other) => other.Cyrillic.Max(name => NameSimilarity.Of(Name, name));

    private static bool IsCyrillic(string name) => name.Any(c => c is >= '\u0400' and <= '\u04FF') && !name.Any(char.IsAsciiLetter);
}
