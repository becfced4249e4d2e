namespace Portal.Web.Shared;

/// <summary>Saves what is typed one time after another, the latest of it each time.</summary>
internal sealed class LatestSave
{
    private int typed, saved;
    private bool saving;
    private TaskCompletionSource<bool>? settled;

    /// <summary>Why the last save was refused.</summary>
    public string? Problem { get; private set; }

    /// <summary>True where nothing waits to be saved.</summary>
    public bool IsSaved => typed == saved;

    /// <summary>Waits for the save that is under way; true where nothing waits to be saved then.</summary>
    public Task<bool> SettledAsync() => saving ? (settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.FromResult(IsSaved);

    /// <summary>Lets go of what could not be saved.</summary>
    public void Forget() => (saved, Problem) = (typed, null);

    /// <summary>Something was typed: saves it, or leaves it to the save that is under way to do so next.</summary>
    /// <param name="save">saves what is there now; it is told whether that is still the latest when it is done</param>
    /// <param name="refusal">runs a job; a refusal in words, or null</param>
    /// <param name="shown">called after every save, and where one was refused</param>
    public async Task SaveAsync(Func<Func<bool>, Task> save, Func<Func<Task>, Task<string?>> refusal, Func<Task> shown)
    {
        typed++;
        if (saving) return;
        saving = true;
        try
        {
            while (!IsSaved)
            {
                var at = typed;
                Problem = await refusal(() => save(() => typed == at));
                if (Problem is null) saved = at;
                // what is typed meanwhile may mend it
                else if (typed != at) continue;
                await shown();
                if (Problem is not null) return;
            }
        }
        finally
        {
            saving = false;
            settled?.SetResult(IsSaved);
            settled = null;
        }
    }
}
