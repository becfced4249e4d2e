using System.Text.Json;
using Npgsql;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>Somebody who is told of a task by mail.</summary>
public sealed record TaskRecipient(Guid User, string Name, string Email, string Culture, string TimeZone);

/// <summary>An open task, as a letter about it tells.</summary>
public sealed record TaskNews(Guid Task, LocalText Title, string? AboutTitle, DateTimeOffset? Due, string? AssigneeName);

/// <summary>Whom to tell of a task, and what.</summary>
public sealed class TaskRecipients(NpgsqlDataSource database)
{
    /// <summary>The task while it is open, else null: nobody is told of what is done.</summary>
    public async Task<TaskNews?> NewsAsync(Guid task, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select t.title, (select s.title from core.search_entry s where s.kind = t.business_kind and s.object_id = t.business_id), t.due,
                   (select u.display_name from identity.portal_user u where u.id = t.assignee)
            from process.task t where t.id = $1 and t.closed_at is null
            """);
        command.Parameters.Add(new() { Value = task });
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        return new(task, JsonSerializer.Deserialize<LocalText>(row.GetString(0), StateJson.Options)!, row.IsDBNull(1) ? null : row.GetString(1),
            row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2), row.IsDBNull(3) ? null : row.GetString(3));
    }

    /// <summary>The people behind a role's code, a user's name or a user's id, as far as they have an address.</summary>
    public async Task<IReadOnlyList<TaskRecipient>> FindAsync(string to, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select u.id, u.display_name, u.email, u.culture, u.time_zone from identity.portal_user u
            where not u.blocked and u.partner is null and coalesce(u.email, '') <> ''
              and (u.normalized_user_name = upper($1) or u.id::text = lower($1)
                   or exists (select from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id and r.code = $1))
            order by u.id limit 200
            """);
        command.Parameters.Add(new() { Value = to });
        var found = new List<TaskRecipient>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) found.Add(new(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetString(4)));
        return found;
    }
}
