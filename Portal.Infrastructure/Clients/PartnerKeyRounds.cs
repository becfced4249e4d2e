using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>Reckons in the background the keys of partners that an import or another bulk change has touched.</summary>
internal sealed partial class PartnerKeyRounds(PartnerKeys keys, TimeProvider time, ILogger<PartnerKeyRounds> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, ct => keys.CatchUpAsync(int.MaxValue, ct), missed => Missed(log, missed), stopping);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Keys of partners could not be reckoned; the next round tries again.")]
    private static partial void Missed(ILogger log, Exception missed);
}
