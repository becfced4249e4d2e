using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

/// <summary>Mapping and migrated schema say the same, so that neither drifts from the other.</summary>
public sealed class SchemaTests(PortalDatabase database) : IClassFixture<PortalDatabase>, IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().BuildServiceProvider();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public async Task Mapping_OfEveryEntity_HasTheColumnsOfItsTableAndNoOthers()
    {
        await using var db = Open();
        var wanted = db.Model.GetEntityTypes().SelectMany(Columns).Distinct().ToHashSet();
        var tables = db.Model.GetEntityTypes().Select(e => $"{e.GetSchema()}.{e.GetTableName()}").ToHashSet();
        var found = await ReadAsync("select table_schema || '.' || table_name || '.' || column_name from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')");
        var there = found.Where(column => tables.Contains(column[..column.LastIndexOf('.')])).ToHashSet();
        // written by the database itself
        there.Remove("core.audit.written_by");
        there.Remove("sales.deal.furthest");

        Assert.NotEmpty(wanted);
        Check.None(wanted.Except(there).Select(column => $"mapped but not in the database: {column}"));
        Check.None(there.Except(wanted).Select(column => $"in the database but not mapped: {column}"));
    }

    [Fact]
    public async Task Entities_All_DeclareTheirWall()
    {
        await using var db = Open();
        Check.None(db.Model.GetEntityTypes().Where(e => e.FindWall() is null).Select(e => e.ClrType.Name));
    }

    /// <summary>Features know one another by id alone, so nobody orders the rows of one save: references are checked at the commit.</summary>
    [Fact]
    public async Task ForeignKeys_All_AreCheckedAtTheCommit() =>
        Check.None(await ReadAsync("select conrelid::regclass || '.' || conname from pg_constraint where contype = 'f' and not condeferred and conparentid = 0"));

    private PortalDb Open() => services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext();

    private static IEnumerable<string> Columns(IEntityType entity) => Columns(entity, $"{entity.GetSchema()}.{entity.GetTableName()}");

    private static IEnumerable<string> Columns(ITypeBase type, string table) =>
        type.GetProperties().Select(p => p.GetColumnName()).Where(name => name != "xmin").Select(name => $"{table}.{name}")
            .Concat(type.GetComplexProperties().SelectMany(complex => Columns(complex.ComplexType, table)));

    private async Task<List<string>> ReadAsync(string sql)
    {
        var rows = new List<string>();
        await using var command = database.Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }
}
