using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales;

/// <summary>A stay on a stage.</summary>
/// <param name="LeftAt">null while the deal stands there</param>
public sealed record DealStay(StageId Stage, int Position, DateTimeOffset EnteredAt, DateTimeOffset? LeftAt);

/// <summary>Somebody in the team of a deal.</summary>
/// <param name="Roles">codes of the roles he holds, which tell his service</param>
public sealed record DealMemberRow(Guid User, string Name, string? Part, IReadOnlyList<string> Roles);

/// <summary>A competitor on the card. One that is a partner beyond the reader's reach is unnamed.</summary>
public sealed record CompetitorRow(Guid Id, PartnerId? PartnerId, string? Name, decimal? Price, string? Strengths, CompetitorOutcome Outcome);

/// <summary>Margin as it was planned and as it has turned out so far, in the company's currency.</summary>
public sealed record DealMargin(decimal? Planned, decimal? SoFar);

/// <summary>What the card of a deal shows beside lists.</summary>
/// <param name="Contact">whom we talk to at the client</param>
/// <param name="Rate">worth of one unit of the deal's currency in the company's own</param>
/// <param name="Product">what it is mainly about</param>
/// <param name="MayChange">the reader may lead the deal on</param>
public sealed record DealCard(
    DealRow Deal, PersonId? ContactId, string? Contact, BranchId? BranchId, string? Branch, decimal Rate, bool ProbabilitySet, string? LossNote, Guid? Product, string? ProductName,
    IReadOnlyList<DealStay> Stays, IReadOnlyList<DealMemberRow> Members, IReadOnlyList<CompetitorRow> Competitors, bool MayChange)
{
    /// <summary>Null for who may not know what things cost.</summary>
    public DealMargin? Margin { get; init; }
}

/// <summary>Reads one deal within the actor's reach.</summary>
public sealed class DealCardQuery(IDbContextFactory<PortalDb> contexts, CompanyClock clock)
{
    /// <summary>True when the deal is there and within reach.</summary>
    public async Task<bool> MaySeeAsync(DealId id, Actor actor, CancellationToken ct)
    {
        if (actor.PartnerId is not null) return false;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Deal>().Within(actor).AnyAsync(d => d.Id == id, ct);
    }

    /// <summary>The deal, or null when there is none within reach.</summary>
    public async Task<DealCard?> FindAsync(DealId id, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await clock.LoadAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var deals = db.Set<Deal>().AsNoTracking().Within(actor).Where(d => d.Id == id);
        if ((await DealRows.WithTasksAsync(db, await DealRows.ReadAsync(db, deals, actor, ct), clock.Now, ct)).FirstOrDefault() is not { } row) return null;
        var clients = db.Set<Partner>().Within(actor);
        var head = await deals.Select(d => new
        {
            d.PlannedMargin, d.MarginSoFar, d.Contact, d.Branch, d.Rate, d.ProbabilitySet, d.LossNote, d.Product,
            ContactName = db.Set<Person>().Where(p => p.Id == d.Contact && clients.Any(c => c.Id == d.Partner)).Select(p => p.Name).FirstOrDefault(),
            BranchName = db.Set<Branch>().Where(b => b.Id == d.Branch).Select(b => b.Name).FirstOrDefault(),
        }).FirstAsync(ct);
        var product = head.Product is { } about ? await db.Set<Product>().Where(p => p.Id == new ProductId(about)).Select(p => p.Code + " " + p.Name).FirstOrDefaultAsync(ct) : null;
        var stays = await db.Set<DealStage>().Where(s => s.Deal == id).OrderBy(s => s.Seq).Select(s => new DealStay(s.Stage, s.Position, s.EnteredAt, s.LeftAt)).ToListAsync(ct);
        var members = await db.Set<DealMember>().Where(m => m.Deal == id).Join(db.Set<PortalUser>(), m => m.User, u => u.Id, (m, u) => new { m, u }).OrderBy(x => x.u.DisplayName).ThenBy(x => x.u.Id)
            .Select(x => new DealMemberRow(x.u.Id, x.u.DisplayName, x.m.Part,
                db.Set<UserRole>().Where(r => r.UserId == x.u.Id).Join(db.Set<Role>(), r => r.RoleId, r => r.Id, (_, r) => r.Code).OrderBy(code => code).ToList())).ToListAsync(ct);
        var competitors = await db.Set<DealCompetitor>().Where(c => c.Deal == id).OrderBy(c => c.Id)
            .Select(c => new CompetitorRow(c.Id, c.Partner, c.Name ?? clients.Where(p => p.Id == c.Partner).Select(p => p.Name).FirstOrDefault(), c.Price, c.Strengths, c.Outcome)).ToListAsync(ct);
        return new(row, head.Contact, head.ContactName, head.Branch, head.BranchName, head.Rate, head.ProbabilitySet, head.LossNote, head.Product, product, stays, members, competitors,
            actor.Can(Permissions.DealsManage) && !row.Archived)
            { Margin = actor.Can(Permissions.PricingCost) ? new(head.PlannedMargin, head.MarginSoFar) : null };
    }
}
