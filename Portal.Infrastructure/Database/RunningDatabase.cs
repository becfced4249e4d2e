using Microsoft.Extensions.Logging;
using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>
/// The migrated database this process works on. Dispose it last: an own cluster that nobody else uses stops with it.
/// </summary>
public sealed class RunningDatabase : IAsyncDisposable
{
    private static readonly TimeSpan ServerLimit = TimeSpan.FromSeconds(60);
    private readonly EmbeddedPostgres? own;

    private RunningDatabase(EmbeddedPostgres? own, string application, string cabinet) =>
        (this.own, ApplicationConnection, CabinetConnection) = (own, application, cabinet);

    /// <summary>Connection string of the application's role.</summary>
    public string ApplicationConnection { get; }

    /// <summary>Connection string of the cabinet's role.</summary>
    public string CabinetConnection { get; }

    /// <summary>Starts the own cluster where no server is named, waits for the server, and applies the migrations.</summary>
    public static async Task<RunningDatabase> StartAsync(DatabaseOptions options, TimeProvider time, ILogger log, CancellationToken ct)
    {
        var own = options.OwnerConnection is null
            ? await EmbeddedPostgres.StartAsync(options.PostgresFolder, durable: true, time, log, ct)
            : null;
        try
        {
            var owner = options.OwnerConnection ?? own!.OwnerConnection;
            if (own is null)
                await WaitForServerAsync(owner, time, log, ct);
            foreach (var name in await SchemaMigrations.ApplyAsync(options, owner, SchemaMigrations.Embedded, ct))
                log.LogInformation("Applied {Migration}", name);
            return new RunningDatabase(own,
                Pooled(options.ApplicationConnection ?? DatabaseRoles.ConnectionFor(DatabaseRoles.Application, owner), options.PoolSize),
                Pooled(options.CabinetConnection ?? DatabaseRoles.ConnectionFor(DatabaseRoles.Cabinet, owner), Math.Max(options.PoolSize / 2, 1)));
        }
        catch
        {
            if (own is not null)
                await own.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => own?.DisposeAsync() ?? ValueTask.CompletedTask;

    // A server started beside Portal (compose, a rebooting host) may need a little longer than Portal does.
    private static async Task WaitForServerAsync(string connectionString, TimeProvider time, ILogger log, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
                await connection.OpenAsync(ct);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && time.GetElapsedTime(began) < ServerLimit)
            {
                log.LogWarning("The database does not answer yet: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, ct);
            }
        }
    }

    // A full pool or a hanging server must show within seconds, as an error a caller can answer with.
    private static string Pooled(string connectionString, int connections) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Pooling = true, MaxPoolSize = connections, Timeout = 5, CommandTimeout = 15, ApplicationName = "portal"
    }.ConnectionString;
}
