using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Web.Shell;

/// <summary>
/// Ready: the pool gives a working connection. Degraded: the server answers, but all pooled connections are taken.
/// Unhealthy: the server does not answer. Each within a few seconds.
/// </summary>
internal sealed class DatabaseHealth(NpgsqlDataSource pool, RunningDatabase database) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken ct)
    {
        if (await AnswersAsync(pool, ct) is not { } failure)
            return HealthCheckResult.Healthy();

        await using var beside = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.ApplicationConnection) { Pooling = false }.ConnectionString);
        return await AnswersAsync(beside, ct) is null ? HealthCheckResult.Degraded(exception: failure) : HealthCheckResult.Unhealthy(exception: failure);
    }

    private static async Task<Exception?> AnswersAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            await using var command = source.CreateCommand("select 1");
            await command.ExecuteScalarAsync(limit.Token);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return e;
        }
    }
}
