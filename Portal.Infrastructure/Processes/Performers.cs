using Npgsql;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Processes;

/// <summary>The users that new tasks and processes name: a map and its data say a user name or the user's id.</summary>
internal sealed class Performers
{
    public static readonly Performers None = new([]);

    private readonly Dictionary<string, Guid> users;

    private Performers(Dictionary<string, Guid> users) => this.users = users;

    /// <summary>The user of that name; null stays null.</summary>
    public Guid? Of(string? name) => name is null ? null : users[name];

    /// <summary>Ids of those a task is offered to by name; an approval by several may name a person where others name a role.</summary>
    public Guid[] People(CreateTask task) => [.. task.CandidateUsers.Select(name => users[name]).Union(task.CandidateRoles.Where(users.ContainsKey).Select(id => users[id]))];

    /// <summary>Codes of the roles a task is offered to.</summary>
    public string[] Roles(CreateTask task) => [.. task.CandidateRoles.Where(role => !users.ContainsKey(role))];

    /// <summary>Looks up all that the tasks name, and owners by the names of their processes.</summary>
    /// <exception cref="RuleBrokenException"><c>process.user-unknown</c> with the task's title and the name</exception>
    public static async Task<Performers> FindAsync(NpgsqlConnection connection, IEnumerable<CreateTask> tasks, IEnumerable<(string Process, string? Owner)> owners, CancellationToken ct)
    {
        // a role's code is no id: what stands for a role and is one was added to the approval by hand
        var named = tasks.SelectMany(task => task.CandidateUsers.Append(task.Assignee).OfType<string>().Concat(task.CandidateRoles.Where(role => Guid.TryParse(role, out _))), (task, name) => (Of: task.Title.Default, Name: name))
            .Concat(owners.Where(o => o.Owner is not null).Select(o => (Of: o.Process, Name: o.Owner!))).ToList();
        if (named.Count == 0) return None;
        var found = new Dictionary<string, Guid>();
        await using var command = new NpgsqlCommand("""
            select wanted.name, u.id from unnest($1) as wanted (name)
            join identity.portal_user u on (u.normalized_user_name = upper(wanted.name) or u.id::text = lower(wanted.name)) and not u.blocked and u.partner is null
            """, connection) { Parameters = { new() { Value = named.Select(n => n.Name).Distinct().ToArray() } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) found[rows.GetString(0)] = rows.GetGuid(1);
        return named.Find(n => !found.ContainsKey(n.Name)) is { Of: not null } missing
            ? throw new RuleBrokenException("process.user-unknown", missing.Of, missing.Name)
            : new Performers(found);
    }
}
