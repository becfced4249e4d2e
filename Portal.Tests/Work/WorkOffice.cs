using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Stock;
using Portal.Infrastructure.Work;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Work;

/// <summary>An office of a few people over a database of its own; the clock stands still until a test moves it.</summary>
public sealed class WorkOffice : IAsyncLifetime
{
    private readonly PortalDatabase database = new();

    public StillClock Clock { get; } = new(Orders.Now);
    public string Folder { get; } = TestServer.NewFolder();
    public BranchId Branch { get; } = BranchId.New();
    /// <inheritdoc cref="PortalDatabase.Owner"/>
    public Npgsql.NpgsqlDataSource Owner => database.Owner;
    public ServiceProvider Services { get; private set; } = null!;
    public AssignmentDesk Desk => Services.GetRequiredService<AssignmentDesk>();
    public Attachments Attachments => Services.GetRequiredService<Attachments>();
    public Remarks Remarks => Services.GetRequiredService<Remarks>();
    public Actor Gwen { get; private set; } = null!;
    public Actor Piet { get; private set; } = null!;
    public Actor Cleo { get; private set; } = null!;
    public Actor Stranger { get; private set; } = null!;
    public Actor Head { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        Services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddSingleton<TimeProvider>(Clock).AddSingleton<LiveFleet>()
            .AddPortalDb().AddDispatch().AddProcesses().AddClients().AddPricing().AddStock().AddWork(new(Folder)).AddSingleton<UserRights>().BuildServiceProvider();
        var company = new Company(CompanyId.New(), "Quill & Marsh", "EUR", "UTC");
        await SaveAsync(company, new Branch(Branch, company.Id, "Harbour", "UTC"));
        Gwen = await PersonAsync("Gwen Ashdown");
        Piet = await PersonAsync("Piet Larkfield");
        Cleo = await PersonAsync("Cleo Winterbourne");
        Stranger = await PersonAsync("Stan Outermead");
        Head = await PersonAsync("Hedda Overfield", Permissions.TasksOversee);
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await database.DisposeAsync();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A user with these rights; whoever sees clients has a role in the database, for only such people answer for one.</summary>
    public Task<Actor> PersonAsync(string name, params string[] permissions) => PersonAsync(name, ActorScope.All, permissions);

    /// <summary>A seller; what works in the background looks in the database for the rights of who began it.</summary>
    public Task<Actor> SellerAsync(ActorScope scope = ActorScope.All) => PersonAsync($"Seller {Guid.NewGuid():N}"[..16], scope, Permissions.ClientsRead, Permissions.ClientsManage);

    private async Task<Actor> PersonAsync(string name, ActorScope scope, params string[] permissions)
    {
        var actor = Orders.Person(name, permissions) with { BranchId = Branch.Value, Scope = scope };
        await SaveAsync(new PortalUser { Id = actor.UserId, UserName = name, NormalizedUserName = name.ToUpperInvariant(), DisplayName = name, Branch = Branch });
        if (!permissions.Contains(Permissions.ClientsRead)) return actor;
        var role = new Role { Code = name, Name = name, Permissions = [.. permissions], Scope = scope };
        await SaveAsync(role, new UserRole { UserId = actor.UserId, RoleId = role.Id });
        return actor;
    }

    public PortalDb Open() => Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Actor.System("test"));

    public async Task SaveAsync(params object[] entities)
    {
        await using var db = Open();
        foreach (var entity in entities)
        {
            db.Add(entity);
            await db.SaveChangesAsync();
        }
    }
}
