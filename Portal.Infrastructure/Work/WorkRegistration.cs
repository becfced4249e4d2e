using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work.Handovers;

namespace Portal.Infrastructure.Work;

/// <summary>Registers work: assignments, comments, files and the doors of the objects they hang on.</summary>
public static class WorkRegistration
{
    /// <summary>Adds work to the container; needs the database, dispatch and processes.</summary>
    public static IServiceCollection AddWork(this IServiceCollection services, FileStoreOptions files)
    {
        services.AddSingleton(files);
        services.AddSingleton<ObjectDoors>();
        services.AddSingleton<AssignmentDesk>();
        services.AddSingleton<AssignmentQuery>();
        services.AddSingleton<ColleagueQuery>();
        services.AddSingleton<MyWorkQuery>();
        services.AddSingleton<Handover>();
        services.AddSingleton<HandoverQuery>();
        services.AddSingleton<SubstitutionQuery>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<MailPreferences>();
        services.AddSingleton<WorkNews>();
        services.AddSingleton<WorkObjects>();
        services.AddSingleton<PartnerCardQuery>();
        services.AddSingleton<Remarks>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<Attachments>();
        services.AddSingleton<ObjectTags>();
        services.AddDoor<AssignmentQuery>(ObjectKind.Assignment, (query, id, actor, ct) => query.MaySeeAsync(id, actor, ct),
            (db, id) => db.Set<Assignment>().Where(a => a.Id == new AssignmentId(id)).Select(a => (Guid?)a.Performer));
        services.AddDoor<TaskQuery>(ObjectKind.ProcessTask, async (query, id, actor, ct) => (actor.Can(Permissions.TasksWork) || actor.Can(Permissions.ProcessRead)) && await query.FindAsync(new ProcessTaskId(id), actor, ct) is not null,
            (db, id) => db.Set<TaskRow>().Where(t => t.Id == new ProcessTaskId(id)).Select(t => t.Assignee));
        services.AddDoor<InstanceQuery>(ObjectKind.ProcessInstance, async (query, id, actor, ct) => actor.Can(Permissions.ProcessRead) && await query.FindAsync(new InstanceId(id), actor, ct) is not null,
            (db, id) => db.Set<InstanceRow>().Where(i => i.Id == new InstanceId(id)).Select(i => i.Owner));
        services.AddDoor<TripDetailsQuery>(ObjectKind.Trip, async (query, id, actor, ct) => actor.Can(Permissions.BoardRead) && await query.FindAsync(new TripId(id), actor, ct) is not null);
        return services;
    }

    /// <summary>Adds the background work of the web application.</summary>
    public static IServiceCollection AddWorkBackground(this IServiceCollection services) =>
        services.AddRounds<Attachments>(TimeSpan.FromDays(1), (attachments, ct) => attachments.SweepAsync(ct), "The sweep of files waits for the database or the disk.", atOnce: true)
            .AddSingleton<WorkNotices>().AddHostedService(provider => provider.GetRequiredService<WorkNotices>())
            .AddSingleton<WorkChanges>().AddHostedService(provider => provider.GetRequiredService<WorkChanges>());

    /// <summary>Says who may see objects of a kind, and who answers for one.</summary>
    public static IServiceCollection AddDoor<TQuery>(
        this IServiceCollection services, ObjectKind kind, Func<TQuery, Guid, Actor, CancellationToken, Task<bool>> maySee, Func<PortalDb, Guid, IQueryable<Guid?>>? responsible = null) where TQuery : notnull =>
        services.AddSingleton(provider => new ObjectDoor(kind, (id, actor, ct) => maySee(provider.GetRequiredService<TQuery>(), id, actor, ct), responsible));
}
