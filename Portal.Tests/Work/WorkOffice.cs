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
            .AddPortalDb().AddDispatch().AddProcesses().AddClients().AddPricing().AddWork(new(Folder)).AddSingleton<UserRights>().BuildServiceProvider();
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

    /// <summary>A user with these rights.</summary>
    public async Task<Actor> PersonAsync(string name, params string[] permissions)
    {
        var actor = Orders.Person(name, permissions) with { BranchId = Branch.Value };
        await SaveAsync(new PortalUser { Id = actor.UserId, UserName = name, NormalizedUserName = name.ToUpperInvariant(), DisplayName = name, Branch = Branch });
        return actor;
    }

    /// <summary>A seller, with a role in the database: what works in the background looks there for the rights of who began it.</summary>
    public async Task<Actor> SellerAsync(ActorScope scope = ActorScope.All)
    {
        var seller = (await PersonAsync($"Seller {Guid.NewGuid():N}"[..16], Permissions.ClientsRead, Permissions.ClientsManage)) with { Scope = scope };
        var role = new Role { Code = seller.Name, Name = seller.Name, Permissions = [.. seller.Permissions], Scope = scope };
        await SaveAsync(role, new UserRole { UserId = seller.UserId, RoleId = role.Id });
        return seller;
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
