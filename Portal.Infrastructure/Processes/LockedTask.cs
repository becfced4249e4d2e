using Npgsql;
using Portal.Domain.Processes;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Processes;

/// <summary>What the rights to a task depend on.</summary>
internal sealed record LockedTask(
    ProcessTaskId Id, string Node, Guid? Assignee, Guid[] CandidateUsers, string[] CandidateRoles, Guid? Branch, DateTimeOffset? ClosedAt, string? ClosedByName, string? Outcome,
    Guid[] Excluded)
{
    public static NpgsqlBatchCommand Command(ProcessTaskId task) => new("""
        select id, node, assignee, candidate_users, candidate_roles, branch, closed_at, closed_by_name, outcome, excluded from process.task where id = $1 for no key update
        """) { Parameters = { new() { Value = task.Value } } };

    public static LockedTask Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)), row.GetString(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.GetFieldValue<Guid[]>(3), row.GetFieldValue<string[]>(4),
        row.IsDBNull(5) ? null : row.GetGuid(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6), row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8), row.GetFieldValue<Guid[]>(9));

    /// <exception cref="RuleBrokenException"><c>process.task-closed-by</c>, <c>process.task-withdrawn</c></exception>
    public void RequireOpen()
    {
        if (ClosedAt is null) return;
        throw Outcome == nameof(TaskOutcome.Completed)
            ? new RuleBrokenException("process.task-closed-by", ClosedByName, ClosedAt)
            : new RuleBrokenException("process.task-withdrawn", ClosedAt);
    }
}
