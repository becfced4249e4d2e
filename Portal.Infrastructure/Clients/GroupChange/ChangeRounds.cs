using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.GroupChange;

/// <summary>Works on changes of many in the web application, first on what a cut left behind.</summary>
internal sealed partial class ChangeRounds(ChangeWork work, TimeProvider time, ILogger<ChangeRounds> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, work.RunAllAsync, missed => Missed(log, missed), stopping, atOnce: true);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of clients wait for the database.")]
    private static partial void Missed(ILogger log, Exception missed);
}
