using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>Registration of the database's connections.</summary>
public static class DatabaseRegistration
{
    /// <summary>Key of the cabinet's <see cref="NpgsqlDataSource"/>; the application's has none.</summary>
    public const string Cabinet = "cabinet";

    /// <summary>Adds the application's data source, and the cabinet's under <see cref="Cabinet"/>.</summary>
    public static IServiceCollection AddDatabaseConnections(this IServiceCollection services, RunningDatabase database)
    {
        services.AddSingleton(database);
        services.AddSingleton(provider => Build(provider, database.ApplicationConnection));
        services.AddKeyedSingleton(Cabinet, (provider, _) => Build(provider, database.CabinetConnection));
        return services;
    }

    private static NpgsqlDataSource Build(IServiceProvider provider, string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
        return builder.Build();
    }
}
