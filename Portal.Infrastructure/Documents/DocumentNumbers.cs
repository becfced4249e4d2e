using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Documents;

/// <summary>How far a type of documents has been counted in a year.</summary>
internal sealed class DocumentCount
{
    public CompanyId Company { get; init; }
    public DocumentType Type { get; init; }
    public int Year { get; init; }
    public int Last { get; init; }
}

internal sealed class DocumentCountMapping : IEntityTypeConfiguration<DocumentCount>
{
    public void Configure(EntityTypeBuilder<DocumentCount> entity)
    {
        entity.InSchema("documents", "document_number").NotAudited().HasWall(Wall.Internal);
        entity.HasKey(n => new { n.Company, n.Type, n.Year });
    }
}

internal sealed class DocumentLinkMapping : IEntityTypeConfiguration<DocumentLink>
{
    public void Configure(EntityTypeBuilder<DocumentLink> entity)
    {
        entity.NotAudited().HasWall(Wall.Internal);
        entity.HasKey(l => new { l.FromId, l.ToId, l.Kind });
    }
}

/// <summary>Gives documents their numbers and reads what they come from.</summary>
internal static class DocumentNumbers
{
    /// <summary>
    /// The next number, or the first of several. Its row stays locked until the transaction ends: whoever issues another waits, and what is rolled back leaves no gap.
    /// </summary>
    /// <param name="year">of the company's day</param>
    public static async Task<DocumentNumber> TakeAsync(this PortalDb db, CompanyId company, DocumentType type, int year, CancellationToken ct, int several = 1)
    {
        if (db.Database.CurrentTransaction is null) throw new InvalidOperationException("A number is taken in the transaction of its document.");
        var taken = await db.Database.SqlQuery<int>($"""
            insert into documents.document_number as counted (company, type, year, last) values ({company.Value}, {type.ToString()}, {year}, {several})
            on conflict (company, type, year) do update set last = counted.last + {several} returning last as "Value"
            """).ToListAsync(ct);
        return new(year, taken[0] - several + 1);
    }

    /// <summary>What a document points to.</summary>
    public static Task<List<DocumentLink>> LinksAsync(this PortalDb db, ObjectRef from, CancellationToken ct) =>
        db.Set<DocumentLink>().AsNoTracking().Where(l => l.FromId == from.Id && l.FromKind == from.Kind).OrderBy(l => l.At).ToListAsync(ct);
}
