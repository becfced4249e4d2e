using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>Who outside the company may ever see rows of an entity.</summary>
public enum Wall
{
    /// <summary>Staff only.</summary>
    Internal,
    /// <summary>The people of the partner a row belongs to.</summary>
    PartnerOwned,
    /// <summary>Anybody.</summary>
    Public,
}

/// <summary>What a mapping says of its entity beyond columns.</summary>
internal static class EntityDeclarations
{
    private const string WallAnnotation = "Portal:Wall";
    private const string KindAnnotation = "Portal:Kind";
    private const string PartAnnotation = "Portal:PartOf";
    private const string AuditAnnotation = "Portal:NotAudited";

    /// <summary>Declares who may see the rows; a test fails for an entity that does not.</summary>
    public static EntityTypeBuilder<T> HasWall<T>(this EntityTypeBuilder<T> entity, Wall wall) where T : class
    {
        entity.HasAnnotation(WallAnnotation, wall);
        return entity;
    }

    /// <summary>Declares the kind under which audit, search and live changes know the rows; the key must be one uuid.</summary>
    public static EntityTypeBuilder<T> IsKind<T>(this EntityTypeBuilder<T> entity, ObjectKind kind) where T : class
    {
        entity.HasAnnotation(KindAnnotation, kind);
        return entity;
    }

    /// <summary>Declares that the rows are part of an object: when one changes, the live bus tells of that object. <paramref name="key"/> is the property that points to it.</summary>
    public static EntityTypeBuilder<T> IsPartOf<T>(this EntityTypeBuilder<T> entity, ObjectKind kind, string key) where T : class
    {
        entity.HasAnnotation(PartAnnotation, (kind, key));
        return entity;
    }

    /// <summary>Leaves the rows out of the audit: they are themselves a record of what happened, or technical.</summary>
    public static EntityTypeBuilder<T> NotAudited<T>(this EntityTypeBuilder<T> entity) where T : class
    {
        entity.HasAnnotation(AuditAnnotation, true);
        return entity;
    }

    /// <summary>Puts the table into another schema than the namespace says.</summary>
    public static EntityTypeBuilder<T> InSchema<T>(this EntityTypeBuilder<T> entity, string schema, string? table = null) where T : class
    {
        entity.HasAnnotation(ModelConventions.SchemaAnnotation, schema);
        if (table is not null) entity.HasAnnotation(ModelConventions.TableAnnotation, table);
        return entity;
    }

    /// <summary>The declared wall, or null.</summary>
    public static Wall? FindWall(this IReadOnlyEntityType entity) => (Wall?)entity[WallAnnotation];

    /// <summary>The declared kind, or null.</summary>
    public static ObjectKind? FindKind(this IReadOnlyEntityType entity) => (ObjectKind?)entity[KindAnnotation];

    /// <summary>What the audit calls the rows: their kind, else their class.</summary>
    public static string NameInAudit(this IReadOnlyEntityType entity) => entity.FindKind()?.ToString() ?? entity.ClrType.Name.Split('`')[0];

    /// <summary>The declared whole and the property that points to it, or null.</summary>
    public static (ObjectKind Kind, string Key)? FindWhole(this IReadOnlyEntityType entity) => ((ObjectKind, string)?)entity[PartAnnotation];

    /// <summary>True unless the mapping says otherwise.</summary>
    public static bool IsAudited(this IReadOnlyEntityType entity) => entity[AuditAnnotation] is null;
}
