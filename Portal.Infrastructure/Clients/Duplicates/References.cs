using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>A column that points to records of a kind.</summary>
/// <param name="Name">of the entity in the model, or of a table that no entity maps</param>
/// <param name="Property">path of the property in the model, or the column</param>
/// <param name="Table">quoted</param>
/// <param name="Key">columns that tell rows apart, without the moved one</param>
/// <param name="About">column that says the kind of what is pointed to, where the column can point to any</param>
internal sealed record Reference(string Name, string Property, string Table, string Column, IReadOnlyList<string> Key, string? About, IEntityType? Entity)
{
    /// <summary>A column of an entity.</summary>
    public static Reference Of(IEntityType entity, string path, IProperty property, string? about) => new(
        entity.ClrType.Name, path + property.Name, $"\"{entity.GetSchema()}\".\"{entity.GetTableName()}\"", property.GetColumnName(),
        [.. entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName()).Where(name => name != property.GetColumnName())], about, entity);

    /// <summary>The entity that the audit and the live bus know a row of, where its key is one uuid.</summary>
    public IEntityType? Told => Entity?.FindPrimaryKey()!.Properties is [{ } only] && only.GetColumnType() == "uuid" ? Entity : null;
}

/// <summary>Finds in the model whatever points to records of a kind, so that a feature that comes later is moved by a merge without a line of its own.</summary>
internal static class References
{
    /// <summary>What of the clients can be merged, and the type of its ids.</summary>
    public static readonly IReadOnlyDictionary<ObjectKind, Type> Mergeable = new Dictionary<ObjectKind, Type>
    {
        [ObjectKind.Partner] = typeof(PartnerId),
        [ObjectKind.Person] = typeof(PersonId),
        [ObjectKind.Counterparty] = typeof(CounterpartyId),
        [ObjectKind.Place] = typeof(PlaceId),
    };

    /// <summary>Tables that the database itself reckons anew for a record that changed.</summary>
    private static readonly HashSet<string> Reckoned = ["clients.partner_key", "clients.partner_unkeyed"];

    /// <summary>All columns with ids of the kind, and all pairs of a kind and an id; what only tells what happened stays as it was written.</summary>
    public static IEnumerable<Reference> To(ObjectKind kind, IModel model) =>
        model.GetEntityTypes().Where(e => e.GetTableName() is not null && e.ClrType != typeof(SearchRow) && e.ClrType != typeof(AuditRow))
            .SelectMany(e => In(e, e, "", Mergeable[kind]).Concat(AnyIn(e)));

    /// <summary>What tables that no entity maps let point to records of the kind, by their foreign keys. One without a key of its own holds passing work, and is left alone.</summary>
    public static async Task<List<Reference>> OfTablesAsync(ObjectKind kind, IModel model, NpgsqlConnection connection, CancellationToken ct)
    {
        var mapped = model.GetEntityTypes().Select(e => $"{e.GetSchema()}.{e.GetTableName()}").ToHashSet();
        var target = model.GetEntityTypes().Single(e => e.FindPrimaryKey()?.Properties is [{ } key] && key.ClrType == Mergeable[kind]);
        await using var command = new NpgsqlCommand("""
            select n.nspname, c.relname, a.attname,
                array(select p.attname::text from pg_attribute p where p.attrelid = c.oid and p.attnum = any(i.indkey) and p.attnum <> a.attnum order by p.attnum)
            from pg_constraint k
            join pg_class c on c.oid = k.conrelid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
            join pg_index i on i.indrelid = c.oid and i.indisprimary
            where k.contype = 'f' and k.conparentid = 0 and k.confrelid = $1::regclass and cardinality(k.conkey) = 1
            """, connection) { Parameters = { new() { Value = $"{target.GetSchema()}.{target.GetTableName()}" } } };
        var found = new List<Reference>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var (schema, table, column) = (reader.GetString(0), reader.GetString(1), reader.GetString(2));
            if (!mapped.Contains($"{schema}.{table}") && !Reckoned.Contains($"{schema}.{table}"))
                found.Add(new($"{schema}.{table}", column, $"\"{schema}\".\"{table}\"", column, reader.GetFieldValue<string[]>(3), null, null));
        }
        return found;
    }

    private static IEnumerable<Reference> In(IEntityType entity, ITypeBase type, string path, Type id) =>
        type.GetProperties().Where(p => (Nullable.GetUnderlyingType(p.ClrType) ?? p.ClrType) == id && !IsOwnKey(entity, p))
            .Select(p => Reference.Of(entity, path, p, null))
            .Concat(type.GetComplexProperties().SelectMany(c => In(entity, c.ComplexType, $"{path}{c.Name}.", id)));

    private static IEnumerable<Reference> AnyIn(IEntityType entity) =>
        from kind in entity.GetProperties()
        where (Nullable.GetUnderlyingType(kind.ClrType) ?? kind.ClrType) == typeof(ObjectKind) && kind.Name.EndsWith("Kind", StringComparison.Ordinal) && kind.Name.Length > 4
        let id = entity.FindProperty(kind.Name[..^4] + "Id")
        where id is not null
        select Reference.Of(entity, "", id, kind.GetColumnName());

    private static bool IsOwnKey(IEntityType entity, IProperty property) => entity.FindPrimaryKey()!.Properties is [{ } only] && only == property;
}
