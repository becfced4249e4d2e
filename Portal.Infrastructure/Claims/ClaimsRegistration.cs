using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Claims;
using Portal.Domain.Shared;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Claims;

/// <summary>Registers claims, what caused them and what maps can do with them.</summary>
public static class ClaimsRegistration
{
    /// <summary>Adds claims to the container; needs orders, billing, processes and work.</summary>
    public static IServiceCollection AddClaims(this IServiceCollection services)
    {
        services.AddSingleton<ClaimIntake>().AddSingleton<ClaimDesk>().AddSingleton<ClaimSettlement>().AddSingleton<ClaimSettings>().AddSingleton<IncidentDesk>();
        services.AddSingleton<ClaimQuery>().AddSingleton<ClaimTermsQuery>().AddSingleton<CausesQuery>();
        return services.AddClaimActions().AddDoor<ClaimQuery>(ObjectKind.Claim, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct), (db, id) => db.Set<Claim>().Where(c => c.Id == new ClaimId(id)).Select(c => c.Manager));
    }

    /// <summary>Adds what maps can do with claims, once.</summary>
    public static IServiceCollection AddClaimActions(this IServiceCollection services)
    {
        if (services.Any(s => ClaimActions.All[0].Equals(s.ImplementationInstance))) return services;
        foreach (var action in ClaimActions.All) services.AddSingleton(action);
        return services;
    }
}
