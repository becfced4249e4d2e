using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Processes;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

/// <summary>
/// A company that runs processes over a database of its own: an analyst who draws, users of roles who work.
/// No worker runs by itself; the clock stands still until a test moves it.
/// </summary>
public class ProcessOffice : IAsyncLifetime, IAsyncDisposable
{
    private readonly PortalDatabase database = new();
    private int users;

    public StillClock Clock { get; } = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    public ServiceProvider Services { get; private set; } = null!;
    public BranchId Branch { get; } = BranchId.New();
    public Actor Analyst { get; } = Person(Guid.CreateVersion7(), "Ada Chart", StandardRoles.Analyst);

    public NpgsqlDataSource Data => database.DataSource;
    public PortalDatabase Database => database;
    public MapLibrary Library => Services.GetRequiredService<MapLibrary>();
    public ProcessRunner Runner => Services.GetRequiredService<ProcessRunner>();

    /// <summary>False where a derived office brings deals whole.</summary>
    protected virtual bool OwnDealActions => true;

    /// <summary>Actions and limits of a derived office.</summary>
    protected virtual void Furnish(IServiceCollection services) { }

    public virtual async Task InitializeAsync()
    {
        await database.InitializeAsync();
        Services = NewNode();
        await using var db = Open();
        var company = new Company(CompanyId.New(), "Quill & Marsh", "EUR", "UTC");
        db.Add(company);
        db.Add(new Branch(Branch, company.Id, "Harbour", "UTC"));
        foreach (var (code, permissions) in StandardRoles.Grants) db.Add(new Role { Code = code, Name = code, BuiltIn = true, Permissions = [.. permissions] });
        await db.SaveChangesAsync();
    }

    /// <summary>The services of one more node over the same database and clock.</summary>
    public ServiceProvider NewNode(TimeProvider? clock = null, Action<IServiceCollection>? furnish = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddSingleton(clock ?? Clock).AddPortalDb().AddProcesses().AddPriceActions().AddClaimActions();
        if (OwnDealActions) services.AddDealActions();
        Furnish(services);
        furnish?.Invoke(services);
        return services.BuildServiceProvider();
    }

    /// <summary>An office for one test alone.</summary>
    public static async Task<ProcessOffice> FoundAsync()
    {
        var office = new ProcessOffice();
        await office.InitializeAsync();
        return office;
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public virtual async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await database.DisposeAsync();
    }

    public PortalDb Open() => Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Actor.System("test"));

    /// <summary>Somebody of a role, with a user in the database.</summary>
    public async Task<Actor> AddAsync(string name, params string[] roles)
    {
        await using var db = Open();
        var user = new PortalUser { Id = Guid.CreateVersion7(), DisplayName = name, UserName = $"{name}{++users}".Replace(" ", "."), Branch = Branch };
        user.NormalizedUserName = user.UserName.ToUpperInvariant();
        db.Add(user);
        foreach (var role in roles) db.Add(new UserRole { UserId = user.Id, RoleId = await db.Set<Role>().Where(r => r.Code == role).Select(r => r.Id).SingleAsync() });
        await db.SaveChangesAsync();
        return Person(user.Id, name, roles);
    }

    /// <summary>Publishes a map of one process, drawn as the inside of a process element.</summary>
    public async Task PublishAsync(string key, string body, string beside = "")
    {
        var existing = await Library.ReadAsync(key, null, Analyst, default);
        var draft = await Library.SaveDraftAsync(Bpmn.File(body, key, beside), existing?.Revision, Analyst, default);
        await Library.PublishAsync(key, draft.Revision, Analyst, default);
    }

    /// <summary>Publishes a map that calls an action which this office does not offer itself.</summary>
    public async Task PublishWithAsync(string key, string body, ProcessAction action)
    {
        await using var node = NewNode(furnish: services => services.AddSingleton(action));
        var library = node.GetRequiredService<MapLibrary>();
        var draft = await library.SaveDraftAsync(Bpmn.File(body, key), null, Analyst, default);
        await library.PublishAsync(key, draft.Revision, Analyst, default);
    }

    /// <summary>The open tasks of an instance by node.</summary>
    public async Task<List<TaskRow>> TasksAsync(InstanceId instance)
    {
        await using var db = Open();
        return await db.Set<TaskRow>().AsNoTracking().Where(t => t.Instance == instance && t.ClosedAt == null).OrderBy(t => t.Node).ThenBy(t => t.Id).ToListAsync();
    }

    public async Task<TaskRow> TaskAsync(InstanceId instance, string node) => Assert.Single(await TasksAsync(instance), t => t.Node == node);

    public async Task CompleteAsync(InstanceId instance, string node, Actor actor, params (string Name, Value Value)[] values) =>
        await Runner.CompleteAsync((await TaskAsync(instance, node)).Id, ContextValue.Of(values), actor);

    public async Task<InstanceRow> InstanceAsync(InstanceId id)
    {
        await using var db = Open();
        return await db.Set<InstanceRow>().AsNoTracking().SingleAsync(i => i.Id == id);
    }

    public async Task<InstanceState> StateAsync(InstanceId id) => StateJson.Read((await InstanceAsync(id)).State);

    /// <summary>Runs what is due on a node (this one when null), until nothing is: jobs and the outbox.</summary>
    public async Task WorkAsync(ServiceProvider? node = null)
    {
        var (jobs, outbox) = ((node ?? Services).GetRequiredService<JobWorker>(), (node ?? Services).GetRequiredService<OutboxDrain>());
        while (await jobs.RunDueAsync(default) + await outbox.RunDueAsync(default) > 0) { }
    }

    /// <summary>Moves the clock and runs what came due.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        Clock.Advance(by);
        await WorkAsync();
    }

    /// <summary>Waits until some connection of this database waits for a lock.</summary>
    public Task SomebodyWaitsAsync(int howMany = 1) => Support.Wait.UntilAsync(async () =>
    {
        // a role sees the waits of its own sessions alone
        await using var command = database.DataSource.CreateCommand("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
        return (long)(await command.ExecuteScalarAsync())! >= howMany;
    }, "somebody to wait for a lock");

    /// <summary>One value from the database.</summary>
    public async Task<T> ValueAsync<T>(string sql, params object[] values)
    {
        await using var command = database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static Actor Person(Guid id, string name, params string[] roles) => new()
    {
        UserId = id, Name = name, Roles = roles.ToFrozenSet(), Permissions = roles.SelectMany(r => StandardRoles.Grants[r]).ToFrozenSet(), Origin = "test",
    };
}
