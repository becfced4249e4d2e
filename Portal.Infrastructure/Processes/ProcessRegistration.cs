using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Processes;

/// <summary>Registers processes: maps, runner, worker and the queries of their screens. Features add a <see cref="ProcessAction"/> for each action they offer.</summary>
public static class ProcessRegistration
{
    /// <summary>Adds processes to the container; needs the database.</summary>
    public static IServiceCollection AddProcesses(this IServiceCollection services)
    {
        services.AddSingleton<MapCache>();
        services.AddSingleton<CompanyClock>();
        services.AddSingleton<HistoryMonths>();
        services.AddSingleton<ProcessActions>();
        services.AddSingleton<TaskRights>();
        services.AddSingleton<MapLibrary>();
        services.AddSingleton(p => new StepTools(
            p.GetRequiredService<NpgsqlDataSource>(), p.GetRequiredService<IDbContextFactory<PortalDb>>(), p.GetRequiredService<MapCache>(),
            p.GetRequiredService<ProcessActions>(), p.GetRequiredService<CompanyClock>(), p.GetRequiredService<HistoryMonths>(),
            p.GetRequiredService<LiveChanges>(), p.GetRequiredService<WorkHints>(), p.GetService<EngineLimits>() ?? EngineLimits.Default));
        services.AddSingleton(p => new ProcessRunner(p.GetRequiredService<StepTools>(), p.GetRequiredService<TaskRights>()));
        services.AddHostedService<ProcessUpkeep>();
        return services;
    }
}
