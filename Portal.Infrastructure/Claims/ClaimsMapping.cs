using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Claims;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Claims;

internal sealed class ClaimMapping : IEntityTypeConfiguration<Claim>
{
    public void Configure(EntityTypeBuilder<Claim> entity)
    {
        entity.InSchema("claims").IsKind(ObjectKind.Claim).HasWall(Wall.Internal);
        entity.Ignore(c => c.Number).Ignore(c => c.IsOpen).Ignore(c => c.Subject).Ignore(c => c.Due);
    }
}

internal sealed class ClaimCauseMapping : IEntityTypeConfiguration<ClaimCause>
{
    public void Configure(EntityTypeBuilder<ClaimCause> entity) => entity.InSchema("claims").IsKind(ObjectKind.ClaimCause).HasWall(Wall.Internal);
}

internal sealed class ClaimStepMapping : IEntityTypeConfiguration<ClaimStep>
{
    public void Configure(EntityTypeBuilder<ClaimStep> entity) => entity.InSchema("claims").IsKind(ObjectKind.ClaimStep).HasWall(Wall.Internal);
}

internal sealed class ClaimIncidentMapping : IEntityTypeConfiguration<ClaimIncident>
{
    public void Configure(EntityTypeBuilder<ClaimIncident> entity) => entity.InSchema("claims").IsKind(ObjectKind.ClaimIncident).HasWall(Wall.Internal);
}
