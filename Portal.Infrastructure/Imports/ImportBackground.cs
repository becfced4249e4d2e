using Microsoft.Extensions.Hosting;

namespace Portal.Infrastructure.Imports;

/// <summary>Works through the queue in the web application, first on what a cut left behind.</summary>
internal sealed class ImportBackground(ImportQueue queue, ImportWork work) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        await work.TidyAsync(ct);
        foreach (var run in await work.CutOffAsync(ct)) await work.RunAsync(run, ct);
        await foreach (var run in queue.ReadAsync(ct)) await work.RunAsync(run, ct);
    }
}
