using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Sales;

/// <summary>The task at which the process of a deal stands.</summary>
/// <param name="Performer">who has it; null while it is offered</param>
/// <param name="Roles">codes of the roles it is offered to</param>
/// <param name="More">open tasks beside this one</param>
public sealed record DealTask(ProcessTaskId Id, InstanceId Instance, LocalText Title, string? Performer, IReadOnlyList<string> Roles, DateTimeOffset? Due, bool IsLate, int More);

/// <summary>A deal as lists and the kanban show it. The client is unnamed where it is beyond the reach of a reader who does not manage the deal.</summary>
/// <param name="AmountBase">in the company's currency</param>
/// <param name="Probability">percent</param>
public sealed record DealRow(
    DealId Id, long Number, string Title, PartnerId? PartnerId, string? Partner, PipelineId Pipeline, StageId Stage, DateTimeOffset StageSince, DealState State,
    decimal Amount, string Currency, decimal AmountBase, decimal Probability, Guid? ManagerId, string? Manager, LeadSourceId? Source, LossReasonId? LossReason,
    DateOnly OpenedOn, DateOnly? ExpectedClose, DateOnly? ClosedOn, string? NextStep, DateOnly? NextStepOn, bool Archived, uint Version)
{
    /// <summary>True where the client's own page is within the reader's reach; a manager is told beyond it whom to call, no more.</summary>
    public bool ClientOpens { get; init; }

    /// <summary>Where its process stands, if one runs it; read for the kanban and the card.</summary>
    public DealTask? Task { get; init; }

    /// <summary>Amount by the chance of winning, in the company's currency.</summary>
    public decimal Weighted => AmountBase * Probability / 100;
}

/// <summary>Reads deals with the names around them.</summary>
internal static class DealRows
{
    /// <summary>The deals in the order given.</summary>
    public static async Task<List<DealRow>> ReadAsync(PortalDb db, IQueryable<Deal> deals, Actor reader, CancellationToken ct)
    {
        var (clients, me) = (db.Set<Partner>().Within(reader), reader.UserId);
        return await deals.Select(d => new DealRow(
            d.Id, d.Number, d.Title, d.Partner, db.Set<Partner>().Where(p => p.Id == d.Partner && (d.Manager == me || clients.Any(c => c.Id == p.Id))).Select(p => p.Name).FirstOrDefault(), d.Pipeline, d.Stage, d.StageSince, d.State,
            d.Amount, d.Currency, d.AmountBase, d.Probability, d.Manager, db.Set<PortalUser>().Where(u => u.Id == d.Manager).Select(u => u.DisplayName).FirstOrDefault(), d.Source, d.LossReason,
            d.OpenedOn, d.ExpectedClose, d.ClosedOn, d.NextStep, d.NextStepOn, d.Archived, d.Version) { ClientOpens = clients.Any(p => p.Id == d.Partner) }).ToListAsync(ct);
    }

    /// <summary>The same rows with the tasks at which their processes stand.</summary>
    public static async Task<List<DealRow>> WithTasksAsync(PortalDb db, List<DealRow> rows, DateTimeOffset now, CancellationToken ct)
    {
        var tasks = await TasksAsync(db, [.. rows.Where(r => r.State == DealState.Open).Select(r => r.Id.Value)], now, ct);
        return rows.ConvertAll(r => tasks.TryGetValue(r.Id.Value, out var task) ? r with { Task = task } : r);
    }

    /// <summary>The most pressing open task of the processes about each deal.</summary>
    private static async Task<Dictionary<Guid, DealTask>> TasksAsync(PortalDb db, Guid[] deals, DateTimeOffset now, CancellationToken ct)
    {
        if (deals.Length == 0) return [];
        var open = await db.Set<TaskRow>().AsNoTracking().Where(t => t.BusinessKind == ObjectKind.Deal && deals.Contains(t.BusinessId!.Value) && t.ClosedAt == null)
            .OrderByDescending(t => t.Priority).ThenBy(t => t.Due == null).ThenBy(t => t.Due).ThenBy(t => t.CreatedAt).ThenBy(t => t.Id)
            .Select(t => new { t.Id, t.Instance, t.BusinessId, t.Title, t.CandidateRoles, t.Due, Performer = db.Set<PortalUser>().Where(u => u.Id == t.Assignee).Select(u => u.DisplayName).FirstOrDefault() })
            .ToListAsync(ct);
        return open.GroupBy(t => t.BusinessId!.Value).ToDictionary(g => g.Key, g =>
        {
            var first = g.First();
            return new DealTask(first.Id, first.Instance, JsonSerializer.Deserialize<LocalText>(first.Title, StateJson.Options)!, first.Performer, first.CandidateRoles, first.Due, first.Due < now, g.Count() - 1);
        });
    }
}
