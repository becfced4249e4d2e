using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>A column that points to records of a kind.</summary>
/// <param name="Property">path of the property in the model</param>
/// <param name="About">column that says the kind of what is pointed to, where the column can point to any</param>
internal sealed record Reference(IEntityType Entity, string Property, string Column, string? About)
{
    /// <summary>The table, quoted.</summary>
    public string Table => $"\"{Entity.GetSchema()}\".\"{Entity.GetTableName()}\"";

    /// <summary>Columns that tell rows apart; the moved one does not.</summary>
    public IReadOnlyList<string> Key => [.. Entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName()).Where(name => name != Column)];

    /// <summary>The object that the audit and the live bus know a row by, where it is one uuid.</summary>
    public bool HasOwnId => Entity.FindPrimaryKey()!.Properties is [{ } only] && only.GetColumnType() == "uuid";
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

    /// <summary>All columns with ids of the kind, and all pairs of a kind and an id; what only tells what happened stays as it was written.</summary>
    public static IEnumerable<Reference> To(ObjectKind kind, IModel model) =>
        model.GetEntityTypes().Where(e => e.GetTableName() is not null && e.ClrType != typeof(SearchRow) && e.ClrType != typeof(AuditRow))
            .SelectMany(e => In(e, e, "", Mergeable[kind]).Concat(AnyIn(e)));

    /// <summary>The reference that a merge recorded.</summary>
    public static Reference Named(string entity, string property, ObjectKind kind, IModel model) =>
        To(kind, model).FirstOrDefault(r => r.Entity.ClrType.Name == entity && r.Property == property) ?? throw new InvalidOperationException($"The model has no {entity}.{property} any more.");

    private static IEnumerable<Reference> In(IEntityType entity, ITypeBase type, string path, Type id) =>
        type.GetProperties().Where(p => (Nullable.GetUnderlyingType(p.ClrType) ?? p.ClrType) == id && !IsOwnKey(entity, p))
            .Select(p => new Reference(entity, path + p.Name, p.GetColumnName(), null))
            .Concat(type.GetComplexProperties().SelectMany(c => In(entity, c.ComplexType, $"{path}{c.Name}.", id)));

    private static IEnumerable<Reference> AnyIn(IEntityType entity) =>
        from kind in entity.GetProperties()
        where (Nullable.GetUnderlyingType(kind.ClrType) ?? kind.ClrType) == typeof(ObjectKind) && kind.Name.EndsWith("Kind", StringComparison.Ordinal) && kind.Name.Length > 4
        let id = entity.FindProperty(kind.Name[..^4] + "Id")
        where id is not null
        select new Reference(entity, id.Name, id.GetColumnName(), kind.GetColumnName());

    private static bool IsOwnKey(IEntityType entity, IProperty property) => entity.FindPrimaryKey()!.Properties is [{ } only] && only == property;
}
