namespace Portal.Web.Shared;

/// <summary>
/// Lets the job of a form run once at a time. A button that is disabled meanwhile is not enough:
/// the second click of a double click is on its way before the browser hears of it.
/// </summary>
public sealed class Once
{
    private bool over;

    /// <summary>True while a job runs: its buttons are disabled.</summary>
    public bool Running { get; private set; }

    /// <summary>Runs a job; does nothing while another runs, and nothing after <see cref="End"/>.</summary>
    public async Task RunAsync(Func<Task> job)
    {
        if (Running || over) return;
        Running = true;
        try
        {
            await job();
        }
        finally
        {
            Running = false;
        }
    }

    /// <summary>Lets nothing run any more: what the form was for is done, and it is about to close.</summary>
    public void End() => over = true;
}
