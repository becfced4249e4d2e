using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>Registration of the database: connections, contexts, the save trail and the live bus.</summary>
public static class DatabaseRegistration
{
    /// <summary>Key of the cabinet's <see cref="NpgsqlDataSource"/>; the application's has none.</summary>
    public const string Cabinet = "cabinet";

    /// <summary>Adds the application's data source, the cabinet's under <see cref="Cabinet"/>, and what works on them.</summary>
    public static IServiceCollection AddPortalDatabase(this IServiceCollection services, RunningDatabase database)
    {
        services.AddSingleton(database);
        services.AddSingleton(provider => Build(provider, database.ApplicationConnection));
        services.AddKeyedSingleton(Cabinet, (provider, _) => Build(provider, database.CabinetConnection));
        services.AddSingleton<INodeTalk, ChangeTalk>();
        services.AddHostedService<NodeLink>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxDrain>());
        services.AddSingleton<HeardTitles>().AddRounds<HeardTitles>(TimeSpan.FromSeconds(5), (titles, ct) => titles.CatchUpAsync(ct), "Titles of search entries could not be heard; the next round tries again.", atOnce: true);
        return services.AddPortalDb();
    }

    /// <summary>Adds contexts, the save trail and the live bus over the <see cref="NpgsqlDataSource"/> registered before.</summary>
    public static IServiceCollection AddPortalDb(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<LiveChanges>();
        services.AddSingleton<SaveTrail>();
        services.AddSingleton<SearchQuery>();
        services.AddSingleton<CommandLog>();
        services.AddSingleton<WorkHints>();
        services.AddSingleton<OutboxDesk>();
        services.AddSingleton<OutboxDrain>();
        services.AddDbContextFactory<PortalDb>((provider, options) => options
            // Takes the data source from the container. Named here it would be part of the key under which the model and the
            // compiled queries are kept, and a process that opens many databases one after another, as the tests do, would make them anew for each.
            .UseNpgsql()
            // Who asked gets the failure and decides whether it is one: a lost race is an everyday answer, not an alarm.
            // And whether there are more rows than so many is asked without an order on purpose (PartnerOrder).
            .ConfigureWarnings(events => events.Log((RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug), (CoreEventId.RowLimitingOperationWithoutOrderByWarning, LogLevel.Debug)))
            .AddInterceptors(provider.GetRequiredService<SaveTrail>()));
        return services;
    }

    private static NpgsqlDataSource Build(IServiceProvider provider, string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
        return builder.Build();
    }
}
