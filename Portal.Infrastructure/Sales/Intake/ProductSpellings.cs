using Npgsql;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>A product as a checked file spells it, where that is not its name.</summary>
/// <param name="Product">what it is taken for; null for none</param>
public sealed record ProductSpelling(string Spelling, int Rows, Guid? Product, SpellingFit Fit);

/// <summary>What products the spellings of files mean: shown with a checked file, decided by whoever brought it, and remembered for all files.</summary>
public sealed class ProductSpellings(NpgsqlDataSource database, ImportQuery imports, ImportKinds kinds)
{
    /// <summary>Spellings of a checked file that are no names of products, the most frequent first, and the products they can mean, by name.</summary>
    /// <exception cref="RuleBrokenException"><c>import.not-found</c></exception>
    public async Task<(IReadOnlyList<ProductSpelling> Spellings, IReadOnlyList<(Guid Id, string Name)> Products)> ReadAsync(Guid run, Actor actor, CancellationToken ct)
    {
        var file = await imports.RunAsync(run, actor, ct);
        if (!file.Map.TryGetValue("product", out var column)) return ([], []);
        await using var connection = await database.OpenConnectionAsync(ct);
        var products = await ImportedProducts.ReadAsync(connection, ct);
        await using var command = new NpgsqlCommand($"select trim(fields[$2]), count(*)::int from imports.staged_row where run = $1 and refusal is null and trim(fields[$2]) <> '' group by 1 order by 2 desc, 1 limit {Slice.MaxRows}", connection)
        {
            Parameters = { new() { Value = run }, new() { Value = column + 1 } },
        };
        var spellings = new List<ProductSpelling>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var (product, fit) = products.Find(rows.GetString(0));
            if (fit != SpellingFit.Same) spellings.Add(new(rows.GetString(0), rows.GetInt32(1), product, fit));
        }
        return (spellings, [.. products.Names.Select(p => (p.Key, p.Value)).OrderBy(p => p.Value, StringComparer.CurrentCulture)]);
    }

    /// <summary>Says what a spelling means, for this file and those to come.</summary>
    /// <param name="product">null where it means no product of ours</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>pricing.product-unknown</c></exception>
    public async Task MeanAsync(string spelling, Guid? product, Actor actor, CancellationToken ct)
    {
        actor.Require(kinds["deals"].Permission);
        spelling = Required.Text(spelling, "import.product-spelling", 200);
        await using var connection = await database.OpenConnectionAsync(ct);
        if (product is not null && !(await ImportedProducts.ReadAsync(connection, ct)).Names.ContainsKey(product.Value)) throw new RuleBrokenException("pricing.product-unknown");
        await using var command = new NpgsqlCommand("insert into sales.product_synonym (spelling, product) values ($1, $2) on conflict (spelling) do update set product = excluded.product", connection)
        {
            Parameters = { new() { Value = spelling }, new() { Value = product ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
