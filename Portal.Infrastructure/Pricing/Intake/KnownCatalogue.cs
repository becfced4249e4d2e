using Npgsql;
using Portal.Domain.Pricing;

namespace Portal.Infrastructure.Pricing.Intake;

/// <summary>A product as a row is compared with it.</summary>
internal sealed record KnownProduct(ProductId Id, string Code, string Name, Guid? Group, string Kind, string Unit, string[] Units, decimal VatRate, decimal? Cost, string? Currency, string? Description, bool Archived)
{
    /// <summary>Whether it is sold by a unit; of none it is its own.</summary>
    public bool IsSoldIn(string? unit) => unit is null || unit == Unit || Units.Contains(unit);
}

/// <summary>What the catalogue and the price lists hold when a file is checked.</summary>
internal sealed class KnownCatalogue
{
    /// <summary>Products by code.</summary>
    public Dictionary<string, KnownProduct> ByCode { get; } = [];
    /// <summary>Products whose name nobody else has, whatever the case.</summary>
    public Dictionary<string, KnownProduct?> ByName { get; } = new(StringComparer.OrdinalIgnoreCase);
    /// <summary>Groups in use: parent (empty at the root) and name in lower case.</summary>
    public Dictionary<(Guid Parent, string Name), Guid> Groups { get; } = [];
    /// <summary>Lists in use by name: id and currency.</summary>
    public Dictionary<string, (Guid Id, string Currency)> Lists { get; } = new(StringComparer.OrdinalIgnoreCase);
    /// <summary>The company's currency.</summary>
    public string Currency { get; private set; } = "EUR";

    /// <summary>The product that a file means: by code, else by a name that only one has.</summary>
    public KnownProduct? Find(string name) => ByCode.GetValueOrDefault(name) ?? ByName.GetValueOrDefault(name);

    public static async Task<KnownCatalogue> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var known = new KnownCatalogue();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select id, code, name, \"group\", kind, unit, array(select u ->> 'Name' from jsonb_array_elements(units) u), vat_rate, cost, cost_currency, description, archived from pricing.product"),
                new("select id, coalesce(parent, '00000000-0000-0000-0000-000000000000'), lower(name) from pricing.product_group where not archived"),
                new("select id, name, currency from pricing.price_list where not archived"),
                new("select currency from identity.company order by id limit 1"),
            },
        };
        await using var rows = await batch.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var product = new KnownProduct(new(rows.GetGuid(0)), rows.GetString(1), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetGuid(3), rows.GetString(4), rows.GetString(5), rows.GetFieldValue<string[]>(6),
                rows.GetDecimal(7), rows.IsDBNull(8) ? null : rows.GetDecimal(8), rows.IsDBNull(9) ? null : rows.GetString(9), rows.IsDBNull(10) ? null : rows.GetString(10), rows.GetBoolean(11));
            known.ByCode[product.Code] = product;
            if (!known.ByName.TryAdd(product.Name, product)) known.ByName[product.Name] = null;
        }
        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct)) known.Groups[(rows.GetGuid(1), rows.GetString(2))] = rows.GetGuid(0);
        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct)) known.Lists[rows.GetString(1)] = (rows.GetGuid(0), rows.GetString(2));
        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct)) known.Currency = rows.GetString(0);
        return known;
    }
}
