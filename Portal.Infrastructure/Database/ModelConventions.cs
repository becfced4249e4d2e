using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>Schema per feature, snake_case, typed ids as uuid, enums as text (flags as integer), xmin as version.</summary>
internal static class ModelConventions
{
    /// <summary>Converts every id record of the domain and every enum.</summary>
    public static void UsePortalTypes(this ModelConfigurationBuilder conventions)
    {
        foreach (var type in typeof(RuleBrokenException).Assembly.GetTypes())
        {
            if (IsId(type)) conventions.Properties(type).HaveConversion(typeof(IdConverter<>).MakeGenericType(type));
            else if (type.IsEnum && type.GetCustomAttribute<FlagsAttribute>() is null) conventions.Properties(type).HaveConversion<string>();
        }
    }

    /// <summary>Names tables and columns; run after all mappings.</summary>
    public static void UsePortalNames(this ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            entity.SetSchema(Schema(entity));
            entity.SetTableName(Snake((string?)entity[TableAnnotation] ?? entity.ClrType.Name));
            Name(entity, "");
            foreach (var property in entity.GetProperties())
            {
                if (property.ClrType == typeof(uint) && property.Name == "Version")
                {
                    property.ValueGenerated = ValueGenerated.OnAddOrUpdate;
                    property.IsConcurrencyToken = true;
                    property.SetColumnName("xmin");
                    property.SetColumnType("xid");
                }
                else if (property.IsPrimaryKey() && (property.ClrType == typeof(Guid) || IsId(property.ClrType)))
                    property.ValueGenerated = ValueGenerated.Never;
            }
        }
    }

    /// <summary>snake_case of a name: <c>PayloadKg</c> is <c>payload_kg</c>, <c>VolumeM3</c> is <c>volume_m3</c>.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && !char.IsUpper(name[i - 1])) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    internal const string SchemaAnnotation = "Portal:Schema";
    internal const string TableAnnotation = "Portal:Table";

    private static string Schema(IReadOnlyEntityType entity) =>
        (string?)entity[SchemaAnnotation] ?? Snake(entity.ClrType.Namespace![(entity.ClrType.Namespace!.LastIndexOf('.') + 1)..]);

    private static void Name(IMutableTypeBase type, string prefix)
    {
        foreach (var property in type.GetProperties()) property.SetColumnName(prefix + Snake(property.Name));
        foreach (var complex in type.GetComplexProperties()) Name(complex.ComplexType, prefix + Snake(complex.Name) + "_");
    }

    private static bool IsId(Type type) =>
        type.IsValueType && type.Name.EndsWith("Id", StringComparison.Ordinal)
        && type.GetProperties(BindingFlags.Public | BindingFlags.Instance) is [{ Name: "Value" } value] && value.PropertyType == typeof(Guid);

    private sealed class IdConverter<TId>() : ValueConverter<TId, Guid>(ToGuid, FromGuid)
    {
        private static readonly ParameterExpression Id = Expression.Parameter(typeof(TId));
        private static readonly ParameterExpression Raw = Expression.Parameter(typeof(Guid));
        private static readonly Expression<Func<TId, Guid>> ToGuid = Expression.Lambda<Func<TId, Guid>>(Expression.Property(Id, "Value"), Id);
        private static readonly Expression<Func<Guid, TId>> FromGuid =
            Expression.Lambda<Func<Guid, TId>>(Expression.New(typeof(TId).GetConstructor([typeof(Guid)])!, Raw), Raw);
    }
}
