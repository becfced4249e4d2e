using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Claims;

/// <summary>Narrows claims to those that an actor's rights reach: by who answers for them or wrote them down, with their client, or by their branch. People of a client reach the claims of that client.</summary>
internal static class ClaimReach
{
    /// <summary>Claims within reach; none for staff who do not read claims.</summary>
    public static IQueryable<Claim> Within(this IQueryable<Claim> claims, PortalDb db, Actor actor)
    {
        if (actor.IsSystem) return claims;
        if (actor.PartnerId is { } own) return claims.Where(c => c.Partner == new PartnerId(own));
        if (!actor.Can(Permissions.ClaimsRead)) return claims.Where(_ => false);
        if (actor.Scope == ActorScope.All) return claims;
        var me = actor.UserId;
        if (actor.Scope == ActorScope.Branch)
        {
            var branch = actor.OnlyBranch();
            return claims.Where(c => c.Branch == null || c.Branch == branch || c.Manager == me);
        }
        var clients = db.Set<Partner>().Within(actor);
        if (actor.Scope == ActorScope.Own) return claims.Where(c => c.Manager == me || c.ByUser == me || clients.Any(p => p.Id == c.Partner));
        var team = actor.Teammates.Append(me).ToArray();
        return claims.Where(c => team.Contains(c.Manager!.Value) || team.Contains(c.ByUser) || clients.Any(p => p.Id == c.Partner));
    }
}
