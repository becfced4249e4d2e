using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Offers;

internal sealed class OfferMapping : IEntityTypeConfiguration<Offer>
{
    public void Configure(EntityTypeBuilder<Offer> entity)
    {
        entity.InSchema("sales").IsKind(ObjectKind.Offer).HasWall(Wall.Internal);
        entity.HasMany(o => o.Versions).WithOne().HasForeignKey(v => v.Offer);
    }
}

internal sealed class OfferVersionMapping : IEntityTypeConfiguration<OfferVersion>
{
    public void Configure(EntityTypeBuilder<OfferVersion> entity)
    {
        entity.InSchema("sales").IsPartOf(ObjectKind.Offer, nameof(OfferVersion.Offer)).HasWall(Wall.Internal);
        entity.HasKey(v => new { v.Offer, v.Number });
        entity.Property(v => v.Number).ValueGeneratedNever();
        entity.Property(v => v.Content).HasColumnType("json").HasConversion(content => OfferJson.Write(content), json => OfferJson.Read(json),
            // contents are replaced, never changed
            new ValueComparer<OfferContent>((a, b) => ReferenceEquals(a, b), content => content.GetHashCode(), content => content));
    }
}

internal sealed class OfferAnswerMapping : IEntityTypeConfiguration<OfferAnswer>
{
    public void Configure(EntityTypeBuilder<OfferAnswer> entity) =>
        entity.InSchema("sales").IsPartOf(ObjectKind.Offer, nameof(OfferAnswer.Offer)).HasWall(Wall.Internal);
}

internal sealed class OfferLinkMapping : IEntityTypeConfiguration<OfferLink>
{
    public void Configure(EntityTypeBuilder<OfferLink> entity) =>
        entity.InSchema("sales").IsPartOf(ObjectKind.Offer, nameof(OfferLink.Offer)).HasWall(Wall.Internal);
}

/// <summary>The picture at the head of a company's papers.</summary>
internal sealed class CompanyLogo
{
    public CompanyId Company { get; init; }
    /// <summary>PNG or JPEG.</summary>
    public byte[] Content { get; set; } = [];
}

internal sealed class CompanyLogoMapping : IEntityTypeConfiguration<CompanyLogo>
{
    public void Configure(EntityTypeBuilder<CompanyLogo> entity) =>
        // that the papers changed is in the audit by their texts; a picture says nothing there
        entity.InSchema("sales").NotAudited().HasWall(Wall.Internal).HasKey(l => l.Company);
}
