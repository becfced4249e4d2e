using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>One line of the append-only audit: who changed what, from where, before and after (JSON of the changed fields).</summary>
public sealed class AuditRow
{
    /// <summary>Stands in place of a value that the reader may not know.</summary>
    public const string Hidden = "•••";

    public long Id { get; init; }
    public DateTimeOffset At { get; init; }
    public Guid UserId { get; init; }
    public string UserName { get; init; } = "";
    public string Origin { get; init; } = "";
    public string ObjectKind { get; init; } = "";
    public Guid ObjectId { get; init; }
    public string Action { get; init; } = "";
    public string? Before { get; init; }
    public string? After { get; init; }
}

/// <summary>What the product-wide search reads.</summary>
public sealed class SearchRow
{
    public ObjectKind Kind { get; init; }
    public Guid ObjectId { get; init; }
    public string Title
    {
        get;
        set
        {
            field = value;
            Heard = HeardTitle.Of(value);
        }
    } = "";
    public string Text { get; set; } = "";
    public Guid? Partner { get; set; }
    /// <summary>The digits of the text without what stands between them; the database keeps it.</summary>
    public string Digits { get; private set; } = "";

    /// <summary>The title as <see cref="HeardTitle"/> keeps it; null until a round of <see cref="HeardTitles"/> where a statement of the database wrote the entry.</summary>
    public string? Heard { get; private set; }

    /// <summary>Title and text in small letters and what is heard of the title, as the database keeps them: what typed words are looked for in.</summary>
    public string Words { get; private set; } = "";
}

internal sealed class AuditMapping : IEntityTypeConfiguration<AuditRow>
{
    public void Configure(EntityTypeBuilder<AuditRow> entity)
    {
        entity.InSchema("core", "audit").NotAudited().HasWall(Wall.Internal);
        entity.Property(r => r.Id).UseIdentityAlwaysColumn();
        entity.Property(r => r.Before).HasColumnType("jsonb");
        entity.Property(r => r.After).HasColumnType("jsonb");
    }
}

internal sealed class SearchMapping : IEntityTypeConfiguration<SearchRow>
{
    public void Configure(EntityTypeBuilder<SearchRow> entity)
    {
        entity.InSchema("core", "search_entry").NotAudited().HasWall(Wall.PartnerOwned);
        entity.HasKey(r => new { r.Kind, r.ObjectId });
        entity.Property(r => r.Digits).ValueGeneratedOnAddOrUpdate();
        entity.Property(r => r.Words).ValueGeneratedOnAddOrUpdate();
    }
}
