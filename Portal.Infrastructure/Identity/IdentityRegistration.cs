using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>Registers users, roles and rights.</summary>
public static class IdentityRegistration
{
    /// <summary>Adds accounts, rights and the password rules: ten characters, five failures lock for ten minutes.</summary>
    public static IServiceCollection AddIdentityFeature(this IServiceCollection services)
    {
        services.AddSingleton<UserRights>();
        services.AddSingleton<UserAccounts>();
        services.AddSingleton<RoleGrants>();
        services.AddSingleton<BranchRegistry>();
        services.AddSingleton<TeamRegistry>();
        services.AddSingleton<StaffQuery>();
        services.AddSingleton<SavedViews>();
        services.AddSingleton<UsersQuery>();
        services.AddSingleton<AuditQuery>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<FirstRun>();
        services.AddSingleton<AuditSealer>();
        services.AddHostedService<AuditSealing>();
        services.AddSingleton<ILookupNormalizer, UpperInvariantLookupNormalizer>();
        services.AddSingleton<IPasswordHasher<PortalUser>, PasswordHasher<PortalUser>>();
        services.AddIdentityCore<PortalUser>(options =>
        {
            options.Password.RequiredLength = 10;
            options.Password.RequiredUniqueChars = 5;
            options.Password.RequireDigit = options.Password.RequireNonAlphanumeric = options.Password.RequireUppercase = options.Password.RequireLowercase = false;
            options.Lockout.MaxFailedAccessAttempts = 5;
            options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(10);
            options.User.AllowedUserNameCharacters = "";
        });
        services.AddKeyedScoped<PortalDb>(SignIn, (provider, _) =>
            provider.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Actor.System(SignIn)));
        services.AddScoped<IUserStore<PortalUser>>(provider =>
            new UserOnlyStore<PortalUser, PortalDb, Guid>(provider.GetRequiredKeyedService<PortalDb>(SignIn)));
        return services;
    }

    private const string SignIn = "sign-in";
}
