using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>A map that can be started by hand: its newest version and the event it begins at, which may ask a form.</summary>
public sealed record StartableMap(string Key, LocalText Name, StartEvent Start);

/// <summary>What somebody needs who starts a process: the maps that begin by hand, and what the process may be about.</summary>
public sealed class StartQuery(NpgsqlDataSource database, MapCache maps, SearchQuery search)
{
    /// <summary>The published maps with a plain start event, by key.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IReadOnlyList<StartableMap>> MapsAsync(Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessStart);
        var newest = new List<Guid>();
        await using (var command = database.CreateCommand("select distinct on (key) id from process.definition where version is not null order by key, version desc"))
        await using (var row = await command.ExecuteReaderAsync(ct))
            while (await row.ReadAsync(ct)) newest.Add(row.GetGuid(0));
        var found = new List<StartableMap>();
        foreach (var id in newest)
            if (await maps.FindAsync(new(id), ct) is { Process.PlainStart: { } start } map) found.Add(new(map.Key, map.Process.Name, start));
        return found;
    }

    /// <summary>Clients by name, and trips for who sees the board; best title match first.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public Task<IReadOnlyList<SearchRow>> SubjectsAsync(string text, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessStart);
        return search.FindAsync(text, Kinds(actor), actor, ct);
    }

    /// <summary>Refuses an object that is not there for the actor, or of a kind that no process is about.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>process.about-unknown</c></exception>
    public async Task RequireSubjectAsync(ObjectRef about, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessStart);
        if (!await search.HoldsAsync(about, Kinds(actor), actor, ct)) throw new RuleBrokenException("process.about-unknown");
    }

    private static ObjectKind[] Kinds(Actor actor) => actor.Can(Permissions.BoardRead) ? [ObjectKind.Partner, ObjectKind.Trip] : [ObjectKind.Partner];
}
