using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Work;
using Portal.Tests.Processes;
using Portal.Tests.Support;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Sales;

/// <summary>An office that sells: with the pipeline, sources and reasons a company begins with, and one of its own.</summary>
public sealed class SalesOffice : ProcessOffice
{
    private readonly string folder = Directory.CreateDirectory(TestServer.NewFolder()).FullName;

    public DealDesk Desk => Services.GetRequiredService<DealDesk>();
    public DealTeam Team => Services.GetRequiredService<DealTeam>();
    public DealListQuery List => Services.GetRequiredService<DealListQuery>();
    public DealCardQuery Cards => Services.GetRequiredService<DealCardQuery>();
    public KanbanQuery Kanban => Services.GetRequiredService<KanbanQuery>();
    public PipelineQuery Pipelines => Services.GetRequiredService<PipelineQuery>();
    public SalesSettings Settings => Services.GetRequiredService<SalesSettings>();
    public LeadIntake Intake => Services.GetRequiredService<LeadIntake>();
    public LeadDesk Leads => Services.GetRequiredService<LeadDesk>();
    public LeadListQuery LeadList => Services.GetRequiredService<LeadListQuery>();
    public LeadCardQuery LeadCards => Services.GetRequiredService<LeadCardQuery>();
    public PartnerRegistry Partners => Services.GetRequiredService<PartnerRegistry>();

    /// <summary>A pipeline that people lead, with the stages First, Second and Third.</summary>
    public PipelineRow Own { get; private set; } = null!;

    protected override bool OwnDealActions => false;

    protected override void Furnish(IServiceCollection services) =>
        services.AddClients().AddWork(new(folder)).AddSales().AddLeads().AddSingleton<UserRights>().AddSingleton<TeamRegistry>().AddSingleton<SearchQuery>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var id = await Settings.AddAsync("By hand", [new(null, "First", 10, 7), new(null, "Second", 40, null), new(null, "Third", 80, null)], Actor.System("test"), default);
        Own = (await Pipelines.ListAsync(default)).Single(p => p.Id == id);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>An office for one test alone.</summary>
    public static new async Task<SalesOffice> FoundAsync()
    {
        var office = new SalesOffice();
        await office.InitializeAsync();
        return office;
    }

    /// <summary>A seller whose rights reach so far.</summary>
    public async Task<Actor> SellerAsync(string name, ActorScope scope = ActorScope.All, string role = "sales") =>
        (await AddAsync(name, role)) with { Scope = scope, BranchId = Branch.Value };

    /// <summary>A deal of the office's own pipeline.</summary>
    public Task<DealId> OpenAsync(Actor by, string title, decimal amount = 1_000, PartnerId? partner = null, BranchId? branch = null) =>
        Desk.AddAsync(new(new(title, partner, Amount: amount, Manager: by.UserId, Branch: branch), Own.Id), by, default);

    public async Task<DealCard> CardAsync(DealId id, Actor? reader = null) => (await Cards.FindAsync(id, reader ?? Actor.System("test"), default))!;

    public static string Unique(string name) => $"{name} {Guid.NewGuid():N}"[..(name.Length + 9)];

    public static async Task<string> RefusedAsync(Func<Task> job) => (await RefusalOfAsync(job)).Code;
}
