using Npgsql;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>How well a spelling fits a product: it is its name or code, somebody has said what it means, it is alike but for spaces and signs, or nothing is known of it.</summary>
public enum SpellingFit { Same, Remembered, Alike, Unknown }

/// <summary>Products as files spell them: <c>GTXPro</c> is likely <c>GTX Pro</c>.</summary>
internal sealed class ImportedProducts
{
    private readonly Dictionary<string, Guid> same = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Guid?> alike = [];
    private readonly Dictionary<string, Guid?> remembered = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Products in use, by id.</summary>
    public Dictionary<Guid, string> Names { get; } = [];

    /// <summary>Reads the catalogue and what spellings were said to mean.</summary>
    public static async Task<ImportedProducts> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var products = new ImportedProducts();
        await using (var command = new NpgsqlCommand("select id, name, code from pricing.product where not archived order by code", connection))
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
            {
                var id = rows.GetGuid(0);
                products.Names[id] = rows.GetString(1);
                foreach (var word in new[] { rows.GetString(1), rows.GetString(2) }.Distinct())
                {
                    products.same.TryAdd(word.Trim(), id);
                    // several alike: none of them is meant
                    if (!products.alike.TryAdd(Letters(word), id) && products.alike[Letters(word)] != id) products.alike[Letters(word)] = null;
                }
            }
        await using var synonyms = new NpgsqlCommand("select s.spelling, s.product from sales.product_synonym s left join pricing.product p on p.id = s.product where s.product is null or not p.archived", connection);
        await using var said = await synonyms.ExecuteReaderAsync(ct);
        while (await said.ReadAsync(ct)) products.remembered[said.GetString(0)] = said.IsDBNull(1) ? null : said.GetGuid(1);
        return products;
    }

    /// <summary>What a spelling means, and how sure that is.</summary>
    public (Guid? Product, SpellingFit Fit) Find(string spelling)
    {
        spelling = spelling.Trim();
        if (remembered.TryGetValue(spelling, out var said)) return (said, SpellingFit.Remembered);
        if (same.TryGetValue(spelling, out var id)) return (id, SpellingFit.Same);
        return alike.TryGetValue(Letters(spelling), out var like) && like is not null ? (like, SpellingFit.Alike) : (null, SpellingFit.Unknown);
    }

    private static string Letters(string text) => string.Concat(ColumnMap.Normalised(text).Where(char.IsLetterOrDigit));
}
