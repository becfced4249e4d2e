using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Pricing;

/// <summary>A request for prices below their floor.</summary>
/// <param name="About">the object that asks, such as an offer</param>
/// <param name="Lines">hash of its lines and prices, as the object reckons it: with other lines the decision holds no longer</param>
/// <param name="Subject">what is asked for, in a line that whoever decides reads first</param>
/// <param name="Amount">net sum of the lines that are asked about</param>
/// <param name="Depth">how far the deepest of them is below its floor's price, percent of it; null where costs are unknown, so that whoever decides has to judge them</param>
/// <param name="Why">what the seller says for it</param>
public sealed record PriceRequest(ObjectRef About, string Lines, string Subject, Money Amount, decimal? Depth, string Why);

/// <summary>What was decided last about the lines an object has.</summary>
public sealed record PriceVerdict(bool Granted, string? Note, DateTimeOffset At, string ByName);

/// <summary>That prices are being decided about.</summary>
/// <param name="Performer">who has taken it on; null while it is offered</param>
/// <param name="Roles">codes of the roles it is offered to, parted by commas</param>
/// <param name="Since">since when it waits there</param>
public sealed record PriceAsked(string? Performer, string Roles, DateTimeOffset Since);

/// <summary>
/// Approval of prices below the floor, by the route map <c>PriceApproval</c>: who asks never decides himself, and what is far below goes on from the head of sales to a director.
/// </summary>
public sealed class PriceApprovals(IDbContextFactory<PortalDb> contexts, ProcessRunner runner)
{
    /// <summary>Key of the route map.</summary>
    public const string Map = "PriceApproval";

    private const string Start = "asked", Ask = "ask";

    /// <summary>Asks for approval, in the name of the actor; where the same lines are being decided about already, that process goes on.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.nothing-to-approve</c>, <c>text.required</c>, and what the process refuses</exception>
    public async Task<InstanceId> AskAsync(PriceRequest request, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        if (request.Depth <= 0) throw new RuleBrokenException("pricing.nothing-to-approve");
        var (lines, subject, why) = (Required.Text(request.Lines, "price.lines", 200), Required.Text(request.Subject, "price.subject", 200), Required.Text(request.Why, "price.why", 4000));
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await OpenAsync(db, request.About, lines, ct) is { } open) return open;
        // how deep it is in figures tells of the cost: whoever may know it opens the object
        var deep = request.Depth > (await PricingSettingsStore.ReadAsync(db, ct)).DirectorBelow;
        var id = await runner.StartAsync(Map, request.About, ContextValue.Of(
            ("lines", Value.Of(lines)), ("subject", Value.Of(subject)), ("amount", Value.Of(request.Amount.Amount)), ("currency", Value.Of(request.Amount.Currency)),
            ("deep", Value.Of(deep)), ("why", Value.Of(why)), ("asker", Value.Of(actor.UserId.ToString()))), actor, Start, ct);
        // the request is its first task: its doer is barred from deciding
        var task = await db.Set<TaskRow>().Where(t => t.Instance == id && t.Node == Ask).Select(t => t.Id).FirstAsync(ct);
        await runner.CompleteAsync(task, ContextValue.Of(("why", Value.Of(why))), actor, ct);
        return id;
    }

    /// <summary>What was decided last about these lines of an object; null where nobody has decided.</summary>
    /// <remarks>Whoever calls has seen that the reader may see the object.</remarks>
    public async Task<PriceVerdict?> FindAsync(ObjectRef about, string lines, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<PriceDecision>().Where(d => d.AboutKind == about.Kind && d.AboutId == about.Id && d.Lines == lines)
            .OrderByDescending(d => d.At).Select(d => new PriceVerdict(d.Granted, d.Note, d.At, d.ByName)).FirstOrDefaultAsync(ct);
    }

    /// <summary>With whom a decision about these lines of an object is; null where nobody has asked, or it has been decided.</summary>
    /// <remarks>Whoever calls has seen that the reader may see the object.</remarks>
    public async Task<PriceAsked?> AskedAsync(ObjectRef about, string lines, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await OpenAsync(db, about, lines, ct) is not { } open) return null;
        var task = await db.Set<TaskRow>().Where(t => t.Instance == open && t.ClosedAt == null).OrderBy(t => t.CreatedAt)
            .Select(t => new { Performer = db.Set<PortalUser>().Where(u => u.Id == t.Assignee).Select(u => u.DisplayName).FirstOrDefault(), t.CandidateRoles, t.CreatedAt }).FirstOrDefaultAsync(ct);
        return task is null ? null : new(task.Performer, string.Join(',', task.CandidateRoles), task.CreatedAt);
    }

    private static async Task<InstanceId?> OpenAsync(PortalDb db, ObjectRef about, string lines, CancellationToken ct)
    {
        var open = await db.Set<InstanceRow>().Where(i => i.Key == Map && i.BusinessKind == about.Kind && i.BusinessId == about.Id && i.Status == InstanceStatus.Running).Select(i => new { i.Id, i.State }).ToListAsync(ct);
        return open.Find(i => StateJson.Read(i.State).Scopes.Any(scope => scope.Variables["lines"] == Value.Of(lines)))?.Id;
    }
}
