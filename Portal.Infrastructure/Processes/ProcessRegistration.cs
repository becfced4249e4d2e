using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
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
        services.TryAddSingleton(EngineLimits.Default);
        services.AddSingleton<StepTools>();
        services.AddSingleton<TaskRights>();
        services.AddSingleton<InstanceRights>();
        services.AddSingleton<MapLibrary>();
        services.AddSingleton<ProcessRunner>();
        services.AddSingleton<StartQuery>();
        services.AddSingleton<InstanceMigration>();
        services.AddSingleton<TaskDesk>();
        services.AddSingleton<TaskListQuery>();
        services.AddSingleton<TaskQuery>();
        services.AddSingleton<PastWaysQuery>();
        services.AddSingleton<InstanceQuery>();
        services.AddSingleton<InstanceListQuery>();
        services.AddSingleton<IncidentListQuery>();
        services.AddSingleton<StandingQuery>();
        services.AddSingleton<JobWorker>();
        services.AddSingleton<ProcessDeliveries>();
        foreach (var kind in OutboxKinds.Delivered)
            services.AddSingleton(p => p.GetRequiredService<ProcessDeliveries>().Handlers.Single(handler => handler.Kind == kind));
        services.AddHostedService<ProcessUpkeep>();
        services.AddHostedService(p => p.GetRequiredService<JobWorker>());
        return services;
    }
}
