using Portal.Domain.Identity;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Claims;

/// <summary>Claims and their figures as files: the filter of the page, the rights of who asks and that of taking lists away.</summary>
internal static class ClaimExports
{
    /// <summary>Maps <c>/export/claims.*</c> and <c>/export/causes.*</c>.</summary>
    public static void MapClaimExports(this IEndpointRouteBuilder app)
    {
        app.MapGet("/export/claims.{format}", async (string format, [AsParameters] ClaimAddress address, string? sort, bool? asc, HttpContext http, ClaimQuery list, ClaimTermsQuery terms, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DocumentsExport);
            var known = await terms.FindAsync(actor, http.RequestAborted);
            var rows = (await list.ListAsync(address.Filter, Named.Of<ClaimSort>(sort) ?? ClaimSort.Received, asc != true, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "claims", Columns(t, known), rows, http.RequestAborted);
        }).RequireAuthorization();
        app.MapGet("/export/causes.{format}", async (string format, [AsParameters] ClaimAddress address, string? by, bool? money, HttpContext http, CausesQuery causes, ClaimTermsQuery terms, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DocumentsExport);
            var (known, asked) = (await terms.FindAsync(actor, http.RequestAborted), Named.Of<CauseBy>(by) ?? CauseBy.Top);
            var report = await causes.FindAsync(address.Filter, asked, money == true, actor, http.RequestAborted);
            return await TableFile.OfAsync(audit, actor, format, "causes",
            [
                new(t[$"causeBy.{asked}"], r => CausesPage.NameOf(t, known, asked, r.Key)), new(t["claims.count"], r => r.Count), new($"{t["claims.cost"]}, {report.Currency}", r => r.Cost), new(t["causes.share"], r => r.Share), new(t["causes.up-to"], r => r.UpTo),
            ], report.Rows, http.RequestAborted);
        }).RequireAuthorization();
    }

    private static TableColumn<ClaimRow>[] Columns(Texts t, ClaimTerms terms) =>
    [
        new(t["offers.number"], c => c.Number), new(t["claims.received"], c => c.ReceivedAt.UtcDateTime), new(t["offers.state"], c => t[$"claimState.{c.State}"]), new(t["claims.channel"], c => t[$"claimChannel.{c.Channel}"]), new(t["claims.kind"], c => t[$"claimKind.{c.Kind}"]),
        new(t["offers.client"], c => c.Partner), new(t["claims.text"], c => c.Short), new(t["claimDimension.Product"], c => c.Product), new(t["claims.cause"], c => c.Cause is null ? null : t.CausePath(terms, c.Cause)), new(t["claims.step"], c => c.Step is null ? null : t.Step(terms.Step(c.Step))),
        new(t["claims.decision"], c => c.Decision is { } decision ? t[$"claimDecision.{decision}"] : null), new(t["claims.result"], c => c.Result is { } result ? t[$"claimResult.{result}"] : null), new(t["claims.claimed"], c => c.Claimed), new(t["claims.allowed"], c => c.Allowed),
        new(t["offers.currency"], c => c.Currency), new(t["claims.cost"], c => c.Cost), new(t["claims.manager"], c => c.Manager), new(t["claims.decide-by"], c => c.DecideBy.UtcDateTime),
    ];
}
