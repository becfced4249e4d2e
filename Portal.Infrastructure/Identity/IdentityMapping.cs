using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

internal sealed class CompanyMapping : IEntityTypeConfiguration<Company>
{
    public void Configure(EntityTypeBuilder<Company> entity) => entity.IsKind(ObjectKind.Company).HasWall(Wall.Internal);
}

internal sealed class BranchMapping : IEntityTypeConfiguration<Branch>
{
    public void Configure(EntityTypeBuilder<Branch> entity) => entity.IsKind(ObjectKind.Branch).HasWall(Wall.Internal);
}

internal sealed class TeamMapping : IEntityTypeConfiguration<Team>
{
    public void Configure(EntityTypeBuilder<Team> entity) => entity.IsKind(ObjectKind.Team).HasWall(Wall.Internal);
}

internal sealed class TeamMemberMapping : IEntityTypeConfiguration<TeamMember>
{
    public void Configure(EntityTypeBuilder<TeamMember> entity)
    {
        entity.HasWall(Wall.Internal).IsPartOf(ObjectKind.Team, nameof(TeamMember.Team));
        entity.HasKey(m => new { m.Team, m.User });
    }
}

internal sealed class EmployeeMapping : IEntityTypeConfiguration<Employee>
{
    public void Configure(EntityTypeBuilder<Employee> entity) => entity.IsKind(ObjectKind.Employee).HasWall(Wall.Internal);
}

internal sealed class PortalUserMapping : IEntityTypeConfiguration<PortalUser>
{
    public void Configure(EntityTypeBuilder<PortalUser> entity)
    {
        entity.IsKind(ObjectKind.User).HasWall(Wall.Internal);
        entity.Property(u => u.ConcurrencyStamp).IsConcurrencyToken();
    }
}

internal sealed class UserClaimMapping : IEntityTypeConfiguration<IdentityUserClaim<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserClaim<Guid>> entity) => entity.InSchema("identity", "user_claim").HasWall(Wall.Internal);
}

internal sealed class UserLoginMapping : IEntityTypeConfiguration<IdentityUserLogin<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserLogin<Guid>> entity)
    {
        entity.InSchema("identity", "user_login").HasWall(Wall.Internal);
        entity.HasKey(l => new { l.LoginProvider, l.ProviderKey });
    }
}

internal sealed class UserTokenMapping : IEntityTypeConfiguration<IdentityUserToken<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserToken<Guid>> entity)
    {
        entity.InSchema("identity", "user_token").NotAudited().HasWall(Wall.Internal);
        entity.HasKey(t => new { t.UserId, t.LoginProvider, t.Name });
    }
}

internal sealed class RoleMapping : IEntityTypeConfiguration<Role>
{
    public void Configure(EntityTypeBuilder<Role> entity) => entity.IsKind(ObjectKind.Role).HasWall(Wall.Internal);
}

internal sealed class UserRoleMapping : IEntityTypeConfiguration<UserRole>
{
    public void Configure(EntityTypeBuilder<UserRole> entity)
    {
        entity.HasWall(Wall.Internal);
        entity.HasKey(r => new { r.UserId, r.RoleId });
    }
}

internal sealed class SavedViewMapping : IEntityTypeConfiguration<SavedView>
{
    public void Configure(EntityTypeBuilder<SavedView> entity) => entity.IsKind(ObjectKind.SavedView).HasWall(Wall.Internal);
}

internal sealed class DefaultViewMapping : IEntityTypeConfiguration<DefaultView>
{
    public void Configure(EntityTypeBuilder<DefaultView> entity)
    {
        entity.NotAudited().HasWall(Wall.Internal);
        entity.HasKey(d => new { d.UserId, d.Page });
    }
}

internal sealed class EndedSessionMapping : IEntityTypeConfiguration<EndedSession>
{
    public void Configure(EntityTypeBuilder<EndedSession> entity) => entity.IsKind(ObjectKind.Session).NotAudited().HasWall(Wall.Internal);
}
