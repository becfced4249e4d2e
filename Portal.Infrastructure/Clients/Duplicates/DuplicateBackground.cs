using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Works through the queue in the web application, first on what a cut left behind, and looks now and then whether a planned search is due.</summary>
internal sealed partial class DuplicateBackground(DuplicateQueue queue, DuplicateWork work, DuplicateDesk desk, TimeProvider time, ILogger<DuplicateBackground> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stopping) =>
        Task.WhenAll(WorkAsync(stopping), DatabaseRounds.RunAsync(Interval, time, desk.StartPlannedAsync, missed => Missed(log, missed), stopping));

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            foreach (var run in await work.CutOffAsync(stopping)) await work.RunAsync(run, stopping);
            await foreach (var run in queue.ReadAsync(stopping)) await work.RunAsync(run, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the next start begins again what was at work
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Planned searches for duplicates could not be looked at; the next round tries again.")]
    private static partial void Missed(ILogger log, Exception missed);
}
