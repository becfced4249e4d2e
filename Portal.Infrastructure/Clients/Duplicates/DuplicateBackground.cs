using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Works on searches in the web application, first on what a cut left behind.</summary>
internal sealed partial class DuplicateBackground(DuplicateWork work, TimeProvider time, ILogger<DuplicateBackground> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, work.RunAllAsync, missed => Missed(log, missed), stopping, atOnce: true);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Searches for duplicates wait for the database.")]
    private static partial void Missed(ILogger log, Exception missed);
}
