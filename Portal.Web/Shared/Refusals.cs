using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;

namespace Portal.Web.Shared;

/// <summary>The one place where a refusal of a job becomes words on the screen.</summary>
public sealed class Refusals(Texts texts, Toasts toasts)
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
            return texts.Of(refusal);
        }
        catch (DbUpdateConcurrencyException)
        {
            return texts["rule.shared.changed-meanwhile"];
        }
    }
}
