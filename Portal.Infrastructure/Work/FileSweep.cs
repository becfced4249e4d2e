using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

/// <summary>Sweeps contents without rows at the start and once a day.</summary>
internal sealed class FileSweep(Attachments attachments, TimeProvider time, ILogger<FileSweep> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(TimeSpan.FromDays(1), time, attachments.SweepAsync, away => log.LogWarning(away, "The sweep of files waits for the database or the disk"), stopping, atOnce: true);
}
