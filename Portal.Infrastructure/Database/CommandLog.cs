using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>
/// What was answered to an outside command: done, with what came of it (such as the id of what it made), or refused under
/// <see cref="Code"/> in the words said then.
/// </summary>
public sealed record CommandAnswer(string? Code = null, string? Text = null, string? Result = null)
{
    /// <summary>True when the command had its effect.</summary>
    public bool Done => Code is null;
}

/// <summary>A command that was answered.</summary>
public sealed class CommandRow
{
    public string Key { get; init; } = "";
    public DateTimeOffset At { get; init; }
    public Guid UserId { get; init; }
    public string Name { get; init; } = "";
    public string Answer { get; init; } = "";

    internal static CommandRow Done(CommandKey command, Actor actor, DateTimeOffset at, string? result = null) =>
        new() { Key = command.Key, Name = command.Name, At = at, UserId = actor.UserId, Answer = JsonSerializer.Serialize(new CommandAnswer(Result: result)) };
}

internal sealed class CommandRowMapping : IEntityTypeConfiguration<CommandRow>
{
    public void Configure(EntityTypeBuilder<CommandRow> entity)
    {
        entity.InSchema("core", "command_log").NotAudited().HasWall(Wall.Internal);
        entity.HasKey(r => r.Key);
        entity.Property(r => r.Answer).HasColumnType("jsonb");
    }
}

/// <summary>
/// Carries out outside commands once per key. The entry is written by <see cref="SaveTrail"/> in the transaction of the effect,
/// so neither a crash nor two senders at once can have it twice; a refusal is remembered after it was made.
/// </summary>
public sealed class CommandLog(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>
    /// Runs a job (one that saves once) under the actor it is given, or returns what was answered before under the same key.
    /// Keys belong to a user: two users' equal keys are two commands. <paramref name="words"/> tells a refusal in the user's language.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>command.key-reused</c>: the key was used for a different command.</exception>
    public async Task<CommandAnswer> OnceAsync(CommandKey command, Actor actor, Func<Actor, Task> job, Func<RuleBrokenException, string> words, CancellationToken ct)
    {
        var own = command with { Key = $"{actor.UserId:n}:{Required.Text(command.Key, "command.key", 80)}" };
        if (await FindAsync(own, ct) is { } known) return known;
        CommandAnswer answer;
        try
        {
            await job(actor with { Command = own });
            answer = new CommandAnswer();
        }
        catch (RuleBrokenException refusal)
        {
            answer = new CommandAnswer(refusal.Code, words(refusal));
        }
        catch (Exception e) when ((e as PostgresException ?? e.InnerException) is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "command_log" })
        {
            return (await FindAsync(own, ct))!;
        }
        return await RememberAsync(own, actor, answer, ct);
    }

    // A sender that lost a race is refused by the rules, as the step is already taken: then the winner's answer stands.
    private async Task<CommandAnswer> RememberAsync(CommandKey command, Actor actor, CommandAnswer answer, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlAsync($"""
            insert into core.command_log (key, at, user_id, name, answer)
            values ({command.Key}, {time.GetUtcNow()}, {actor.UserId}, {command.Name}, {JsonSerializer.Serialize(answer)}::jsonb)
            on conflict (key) do nothing
            """, ct);
        return (await FindAsync(command, ct))!;
    }

    private async Task<CommandAnswer?> FindAsync(CommandKey command, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Set<CommandRow>().AsNoTracking().FirstOrDefaultAsync(r => r.Key == command.Key, ct);
        if (row is null) return null;
        if (row.Name != command.Name) throw new RuleBrokenException("command.key-reused");
        return JsonSerializer.Deserialize<CommandAnswer>(row.Answer);
    }
}
