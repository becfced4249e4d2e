using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Tests.Support;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Work;

/// <summary>The application with the people whom the map "Sale" gives work to, and a client.</summary>
public class InboxApp : PortalApp
{
    private static readonly string[] Roles =
        ["sales", "technologist", "supply", "project-manager", "legal", "finance", "warehouse", "production", "sales-head", "customer-service", "quality"];

    public ObjectRef Client { get; private set; }
    public ProcessRunner Runner => Services.GetRequiredService<ProcessRunner>();
    public TaskDesk Desk => Services.GetRequiredService<TaskDesk>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var role in Roles) await AddUserAsync(role, role);
        await AddUserAsync("second-sales", "sales");
        var client = new Partner(PartnerId.New(), "Bluebird Trading", PartnerKinds.Client);
        client.Reach("+000 555 0199", "office@example.org");
        await using var db = Open();
        db.Add(client);
        await db.SaveChangesAsync();
        Client = new(ObjectKind.Partner, client.Id.Value);
    }

    public PortalDb Open() => Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Actor.System("test"));

    /// <summary>The actor of a user.</summary>
    public async Task<Actor> ActorAsync(string name)
    {
        await using var db = Open();
        var id = await db.Set<PortalUser>().Where(u => u.UserName == name).Select(u => u.Id).SingleAsync();
        return (await Services.GetRequiredService<UserRights>().FindAsync(id))!;
    }

    /// <summary>The actor of the user of a role that reaches only his own clients from now on.</summary>
    public async Task<Actor> NarrowAsync(string role)
    {
        await using var db = Open();
        await db.Set<Role>().Where(r => r.Code == role).ExecuteUpdateAsync(r => r.SetProperty(x => x.Scope, ActorScope.Own));
        await Wait.UntilAsync(async () => (await ActorAsync(role)).Scope == ActorScope.Own, "the reach of the role");
        return await ActorAsync(role);
    }

    /// <summary>A sale about the client, at its first step: begun by somebody who sells nothing himself, so it is offered to all who do.</summary>
    public async Task<InstanceId> SaleAsync() => await Runner.StartAsync("Sale", Client, ContextValue.Empty, await ActorAsync("project-manager"));

    /// <summary>The one open task of an instance at a node.</summary>
    public async Task<TaskRow> TaskAsync(InstanceId instance, string node = "need")
    {
        await using var db = Open();
        return await db.Set<TaskRow>().AsNoTracking().SingleAsync(t => t.Instance == instance && t.Node == node && t.ClosedAt == null);
    }

    /// <summary>A task as it stands.</summary>
    public async Task<TaskRow> ReadAsync(ProcessTaskId id)
    {
        await using var db = Open();
        return await db.Set<TaskRow>().AsNoTracking().SingleAsync(t => t.Id == id);
    }

    /// <summary>A window on the inbox.</summary>
    public async Task<BrowserWindow> OpenInboxAsync(string user, string query = "", Microsoft.Playwright.BrowserNewContextOptions? settings = null)
    {
        var window = await OpenWindowAsync(user, settings);
        await window.GoToAsync("/work" + query);
        await window.Page.Locator(".work[data-ready]").WaitForAsync();
        return window;
    }
}
