using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;

namespace Portal.Web.Shared;

/// <summary>The one place where a refusal of a job becomes words on the screen.</summary>
public sealed class Refusals(Texts texts, Toasts toasts, AuditLog audit, CurrentActor current)
{
    /// <summary>Runs a job; a refusal is shown as a toast. True when it went through.</summary>
    public async Task<bool> TryAsync(Func<Task> job)
    {
        if (await CatchAsync(job) is not { } refusal) return true;
        toasts.Show(ToastKind.Warn, refusal);
        return false;
    }

    /// <summary>Runs a job; returns the refusal in words, or null when it went through.</summary>
    public async Task<string?> CatchAsync(Func<Task> job)
    {
        try
        {
            await job();
            return null;
        }
        catch (RuleBrokenException refusal)
        {
            await audit.NoteRefusalAsync(refusal, current.Known);
            return texts.Of(refusal);
        }
        catch (DbUpdateConcurrencyException)
        {
            return texts["rule.shared.changed-meanwhile"];
        }
        catch (DbUpdateException failure) when (StateOf(failure) == PostgresErrorCodes.UniqueViolation)
        {
            return texts["rule.shared.there-already"];
        }
        catch (Exception failure) when (StateOf(failure) is PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter)
        {
            return texts["rule.shared.not-storable"];
        }
    }

    private static string? StateOf(Exception failure) => (failure as PostgresException ?? failure.InnerException as PostgresException)?.SqlState;
}
