using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>Background work that comes round at an interval and waits for the next round while the database does not answer.</summary>
internal static class DatabaseRounds
{
    /// <summary>Runs until stopped; the first round comes after one interval, or <paramref name="atOnce"/>. <paramref name="missed"/> is told why a round was lost.</summary>
    public static async Task RunAsync(TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> round, Action<Exception> missed, CancellationToken stopping, bool atOnce = false)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (atOnce || await timer.WaitForNextTickAsync(stopping))
            {
                atOnce = false;
                try
                {
                    await round(stopping);
                }
                catch (Exception lost) when (IsOfDatabase(lost))
                {
                    missed(lost);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // what is left undone is found by the first round after the next start
        }
    }

    /// <summary>Whether the database did not answer, or may answer the same statement another time; the mapper wraps what it takes for a passing fault.</summary>
    internal static bool IsAway(Exception fault) => fault switch
    {
        // class 57P: the server is shut down, has crashed or is starting
        PostgresException refused => refused.IsTransient || refused.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException or TimeoutException or IOException => true,
        _ => fault.InnerException is { } cause && IsAway(cause),
    };

    // a round outlives a statement that the database refuses, too
    private static bool IsOfDatabase(Exception fault) => fault is NpgsqlException or TimeoutException or IOException || fault.InnerException is { } cause && IsOfDatabase(cause);
}
