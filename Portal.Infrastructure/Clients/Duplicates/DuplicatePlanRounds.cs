using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Looks now and then whether a planned search is due.</summary>
internal sealed partial class DuplicatePlanRounds(DuplicateDesk desk, TimeProvider time, ILogger<DuplicatePlanRounds> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, desk.StartPlannedAsync, missed => Missed(log, missed), stopping);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Planned searches for duplicates could not be looked at; the next round tries again.")]
    private static partial void Missed(ILogger log, Exception missed);
}
