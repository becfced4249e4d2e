using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
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
/// <param name="Lines">the lines that somebody has to approve of</param>
/// <param name="Subject">what is asked for, in a line that whoever decides reads first</param>
/// <param name="Amount">net sum of the lines that are asked about</param>
/// <param name="Depth">how far the deepest of them is below its floor's price, percent of it; null where costs are unknown, so that whoever decides has to judge them</param>
/// <param name="Why">what the seller says for it</param>
public sealed record PriceRequest(ObjectRef About, IReadOnlyList<PriceMark> Lines, string Subject, Money Amount, decimal? Depth, string Why);

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

    // a thousand lines, sixteen digits each
    private const int MostMarks = 20_000;

    // decisions about one object that are looked at: the latest count
    private const int MostDecisions = 200;

    /// <summary>Asks for approval, in the name of the actor; where the same lines are being decided about already, that process goes on.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.nothing-to-approve</c>, <c>text.required</c>, and what the process refuses</exception>
    public async Task<InstanceId> AskAsync(PriceRequest request, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        if (request.Depth <= 0) throw new RuleBrokenException("pricing.nothing-to-approve");
        var (lines, subject, why) = (Required.Text(string.Join(',', request.Lines.Select(m => m.Line)), "price.lines", MostMarks), Required.Text(request.Subject, "price.subject", 200), Required.Text(request.Why, "price.why", 4000));
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await OpenAsync(db, request.About, request.Lines, ct) is { } open) return open;
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

    /// <summary>What was decided last about these lines of an object, by the least of them; null where nobody has decided about one of them, or its floor has risen since.</summary>
    /// <remarks>Whoever calls has seen that the reader may see the object.</remarks>
    public async Task<PriceVerdict?> FindAsync(ObjectRef about, IReadOnlyList<PriceMark> lines, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var decisions = await db.Set<PriceDecision>().AsNoTracking().Where(d => d.AboutKind == about.Kind && d.AboutId == about.Id).OrderByDescending(d => d.At).ThenByDescending(d => d.Id).Take(MostDecisions).ToListAsync(ct);
        // of each line the latest counts
        var said = lines.Select(line => decisions.Find(d => d.Marks.Any(m => m.Line == line.Line)) is { } last && (!last.Granted || last.Marks.Any(m => m.Covers(line))) ? last : null).ToList();
        if (said.Contains(null)) return null;
        var verdict = said.OrderBy(d => d!.Granted).ThenByDescending(d => d!.At).First()!;
        return new(verdict.Granted, verdict.Note, verdict.At, verdict.ByName);
    }

    /// <summary>The lines that a process decides about.</summary>
    internal static string[] LinesOf(Value lines) => lines.IsNull ? [] : lines.ToString()!.Split(',');

    /// <summary>With whom a decision about these lines of an object is; null where nobody has asked, or it has been decided.</summary>
    /// <remarks>Whoever calls has seen that the reader may see the object.</remarks>
    public async Task<PriceAsked?> AskedAsync(ObjectRef about, IReadOnlyList<PriceMark> lines, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await OpenAsync(db, about, lines, ct) is not { } open) return null;
        var task = await db.Set<TaskRow>().Where(t => t.Instance == open && t.ClosedAt == null).OrderBy(t => t.CreatedAt)
            .Select(t => new { Performer = db.Set<PortalUser>().Where(u => u.Id == t.Assignee).Select(u => u.DisplayName).FirstOrDefault(), t.CandidateRoles, t.CreatedAt }).FirstOrDefaultAsync(ct);
        return task is null ? null : new(task.Performer, string.Join(',', task.CandidateRoles), task.CreatedAt);
    }

    private static async Task<InstanceId?> OpenAsync(PortalDb db, ObjectRef about, IReadOnlyList<PriceMark> lines, CancellationToken ct)
    {
        var open = await db.Set<InstanceRow>().Where(i => i.Key == Map && i.BusinessKind == about.Kind && i.BusinessId == about.Id && i.Status == InstanceStatus.Running).Select(i => new { i.Id, i.State }).ToListAsync(ct);
        return open.Find(i => StateJson.Read(i.State).Scopes.Any(scope => LinesOf(scope.Variables["lines"]) is var asked && lines.All(line => asked.Contains(line.Line))))?.Id;
    }
}
