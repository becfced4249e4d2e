using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Infrastructure.Sales.Intake;
using Portal.Tests.Support;

namespace Portal.Tests.Imports;

/// <summary>The import line on a real database, with one company and branch.</summary>
public sealed class ImportRig : IAsyncLifetime
{
    private readonly PortalDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("portal-imports-").FullName;
    private ServiceProvider services = null!;

    public static readonly Actor Importer = Actor.System("test") with { UserId = Guid.NewGuid(), Name = "Ilse Import" };

    public ImportKinds Kinds => services.GetRequiredService<ImportKinds>();
    public ImportLine Line => services.GetRequiredService<ImportLine>();
    public ImportWork Work => services.GetRequiredService<ImportWork>();
    public DuplicateDecisions Decisions => services.GetRequiredService<DuplicateDecisions>();
    public ProductSpellings Spellings => services.GetRequiredService<ProductSpellings>();
    public FunnelQuery Funnel => ActivatorUtilities.CreateInstance<FunnelQuery>(services, Pipelines, new CompanyClock(Data, TimeProvider.System));
    public ImportQuery Query => services.GetRequiredService<ImportQuery>();
    public IDbContextFactory<PortalDb> Contexts => services.GetRequiredService<IDbContextFactory<PortalDb>>();
    public NpgsqlDataSource Data => database.DataSource;
    public string Folder => folder;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        services = Services(new ImportOptions(folder) { ChunkRows = 2_000 });
        await using var db = Contexts.CreateFor(Importer);
        var company = new Company(CompanyId.New(), "Probe Carriers", "EUR", "UTC");
        db.AddRange(company, new Branch(BranchId.New(), company.Id, "Main", "UTC"));
        await db.SaveChangesAsync();
    }

    /// <summary>The same database under other options or other kinds.</summary>
    public ServiceProvider Services(ImportOptions options, Action<IServiceCollection>? more = null)
    {
        var added = new ServiceCollection().AddLogging().AddSingleton(Data).AddPortalDb().AddImports(options);
        more?.Invoke(added);
        return added.BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Uploads and checks a file.</summary>
    public async Task<ImportRun> CheckAsync(string kind, string name, byte[] content, Func<ImportSettings, ImportSettings>? decide = null)
    {
        var run = await Line.UploadAsync(kind, name, new MemoryStream(content), Importer, default);
        if (decide is not null) await Line.DecideAsync(run.Id, decide(Settings(run)), Importer, default);
        await Line.CheckAsync(run.Id, Importer, default);
        await Work.RunAsync(run.Id, default);
        return await Query.RunAsync(run.Id, Importer, default);
    }

    /// <summary>Uploads, checks and applies a text.</summary>
    public Task<ImportRun> ImportAsync(string kind, string name, string text, Func<ImportSettings, ImportSettings>? decide = null) =>
        ImportAsync(kind, name, Encoding.UTF8.GetBytes(text), decide);

    /// <summary>Uploads, checks and applies a file.</summary>
    public async Task<ImportRun> ImportAsync(string kind, string name, byte[] content, Func<ImportSettings, ImportSettings>? decide = null)
    {
        var run = await CheckAsync(kind, name, content, decide);
        Assert.Null(run.Failure);
        await Line.ApplyAsync(run.Id, Importer, default);
        await Work.RunAsync(run.Id, default);
        return await Query.RunAsync(run.Id, Importer, default);
    }

    public static ImportSettings Settings(ImportRun run) =>
        new() { Source = run.Source, Map = run.Map, CreateMissing = run.CreateMissing, TimeZone = run.TimeZone, DayFirst = run.DayFirst, Decimals = run.Decimals, Country = run.Country };

    /// <summary>One of our people, with these rights.</summary>
    public async Task AddUserAsync(Guid id, string name, bool blocked = false, params string[] permissions)
    {
        await using var db = Contexts.CreateFor(Importer);
        var role = new Role { Code = id.ToString(), Name = name, Permissions = permissions };
        db.AddRange(new PortalUser { Id = id, DisplayName = name, UserName = $"{name.Replace(' ', '.')}.{id.ToString()[^4..]}", Email = $"{name.Replace(' ', '.')}@probe.example", Blocked = blocked }, role);
        await db.SaveChangesAsync();
        db.Add(new UserRole { UserId = id, RoleId = role.Id });
        await db.SaveChangesAsync();
    }

    private PipelineQuery Pipelines => new(Contexts, new MapCache(Data));

    /// <summary>All pipelines.</summary>
    public Task<IReadOnlyList<PipelineRow>> PipelinesAsync() => Pipelines.ListAsync(default);

    /// <summary>Runs a statement as the owner.</summary>
    public async Task RunAsync(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One value from the database.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Data.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> CountAsync(string table) => ScalarAsync<long>($"select count(*) from {table}");
}
