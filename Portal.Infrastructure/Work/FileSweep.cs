using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Portal.Infrastructure.Work;

/// <summary>Sweeps contents without rows at the start and once a day.</summary>
internal sealed class FileSweep(Attachments attachments, TimeProvider time, ILogger<FileSweep> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), time);
        try
        {
            do
            {
                try
                {
                    await attachments.SweepAsync(stopping);
                }
                catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
                {
                    log.LogWarning(away, "The sweep of files waits for the database or the disk");
                }
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the next start sweeps again
        }
    }
}
