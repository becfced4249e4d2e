using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

internal sealed class PartnerMapping : IEntityTypeConfiguration<Partner>
{
    public void Configure(EntityTypeBuilder<Partner> entity) => entity.IsKind(ObjectKind.Partner).HasWall(Wall.PartnerOwned);
}

internal sealed class CounterpartyMapping : IEntityTypeConfiguration<Counterparty>
{
    public void Configure(EntityTypeBuilder<Counterparty> entity) => entity.IsKind(ObjectKind.Counterparty).HasWall(Wall.PartnerOwned);
}

internal sealed class PersonMapping : IEntityTypeConfiguration<Person>
{
    public void Configure(EntityTypeBuilder<Person> entity) => entity.IsKind(ObjectKind.Person).HasWall(Wall.Internal);
}

internal sealed class ContactRoleMapping : IEntityTypeConfiguration<ContactRole>
{
    public void Configure(EntityTypeBuilder<ContactRole> entity) => entity.HasWall(Wall.Internal);
}

internal sealed class PlaceMapping : IEntityTypeConfiguration<Place>
{
    public void Configure(EntityTypeBuilder<Place> entity)
    {
        entity.IsKind(ObjectKind.Place).HasWall(Wall.PartnerOwned);
        entity.Ignore(p => p.Point);
    }
}
