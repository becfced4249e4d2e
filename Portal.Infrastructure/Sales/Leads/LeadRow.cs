using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>A lead as lists show it. The client is unnamed where it is beyond the reader's reach.</summary>
/// <param name="NextStep">people's words, or <see cref="LeadSteps.GetInTouch"/></param>
/// <param name="Peak">the highest interest there was</param>
/// <param name="Suspicion">why a person is to look at it first</param>
public sealed record LeadRow(
    LeadId Id, long Number, string Subject, string? Name, string? Company, string? Phone, string? Mail, string? Territory, LeadChannel Channel, LeadStreamId Stream, LeadSourceId? Source, Guid? Group,
    PartnerId? PartnerId, string? Partner, Guid? ManagerId, string? Manager, LeadRoute Route, LeadState State, LeadInterest Interest, LeadInterest Peak, string? NextStep, DateTimeOffset? NextStepAt, int Appeals, bool AskedPrice, bool BudgetKnown,
    DateTimeOffset CreatedAt, DateTimeOffset? FirstContactAt, DateTimeOffset? LastContactAt, DateTimeOffset? ClosedAt, LeadSuspicion? Suspicion, LeadRejection? Rejection, DealId? Deal, bool Archived, uint Version)
{
    /// <summary>What tells that it cools or that its client is ready.</summary>
    public IReadOnlyList<LeadSign> Signs { get; init; } = [];

    /// <summary>How its client is best talked to.</summary>
    public LeadTool Tool => Lead.ToolFor(Interest);

    /// <summary>Whether it is still to be worked on.</summary>
    public bool IsOpen => ClosedAt is null;
}

/// <summary>Reads rows of leads.</summary>
internal static class LeadRows
{
    /// <summary>Rows in the order of the query, with their signals.</summary>
    public static async Task<List<LeadRow>> ReadAsync(PortalDb db, IQueryable<Lead> leads, LeadRules rules, DateTimeOffset now, Actor reader, CancellationToken ct)
    {
        var (clients, lately) = (db.Set<Partner>().Within(reader), db.ContactsSince(now.AddDays(-rules.ReadyDays)));
        var rows = await leads.Select(l => new
        {
            Row = new LeadRow(
                l.Id, l.Number, l.Subject, l.Name, l.Company, l.Phone, l.Mail, l.Territory, l.Channel, l.Stream, l.Source, l.Group,
                l.Partner, clients.Where(p => p.Id == l.Partner).Select(p => p.Name).FirstOrDefault(), l.Manager, db.Set<PortalUser>().Where(u => u.Id == l.Manager).Select(u => u.DisplayName).FirstOrDefault(), l.Route, l.State,
                l.Interest, l.Peak, l.NextStep, l.NextStepAt, l.Appeals, l.AskedPrice, l.BudgetKnown, l.CreatedAt, l.FirstContactAt, l.LastContactAt, l.ClosedAt, l.Suspicion, l.Rejection, l.Deal, l.Archived, l.Version),
            Lately = lately.Count(e => e.Lead == l.Id),
        }).ToListAsync(ct);
        return rows.ConvertAll(x => x.Row with { Signs = LeadSignals.Of(Facts(x.Row, x.Lately), rules, now) });
    }

    private static LeadFacts Facts(LeadRow l, int lately) => new(l.IsOpen, l.CreatedAt, l.LastContactAt, l.NextStepAt, l.Interest, l.Peak, lately, l.AskedPrice, l.BudgetKnown);
}
