using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Tests.Support;

/// <summary>
/// A migrated database of a test class's own: <c>class XTests(PortalDatabase database) : IClassFixture&lt;PortalDatabase&gt;</c>.
/// </summary>
public sealed class PortalDatabase : IAsyncLifetime
{
    /// <summary>Connection string of the owner.</summary>
    public string OwnerConnection { get; private set; } = "";

    /// <summary>As the application works: with the rights of its role.</summary>
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    /// <summary>As the cabinet works.</summary>
    public NpgsqlDataSource Cabinet { get; private set; } = null!;

    /// <summary>As the owner, for what a test arranges past the application's rights.</summary>
    public NpgsqlDataSource Owner { get; private set; } = null!;

    /// <summary>As <see cref="DataSource"/>, with connections that are kept as the running application keeps them, for what is timed: to open one takes longer than most questions.</summary>
    public NpgsqlDataSource Pooled(int connections) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(DatabaseRoles.ConnectionFor(DatabaseRoles.Application, OwnerConnection)) { Pooling = true, MaxPoolSize = connections }.ConnectionString);

    public async Task InitializeAsync()
    {
        OwnerConnection = await TestServer.CreateDatabaseAsync();
        Owner = NpgsqlDataSource.Create(OwnerConnection);
        DataSource = NpgsqlDataSource.Create(DatabaseRoles.ConnectionFor(DatabaseRoles.Application, OwnerConnection));
        Cabinet = NpgsqlDataSource.Create(DatabaseRoles.ConnectionFor(DatabaseRoles.Cabinet, OwnerConnection));
    }

    public async Task DisposeAsync()
    {
        await Cabinet.DisposeAsync();
        await DataSource.DisposeAsync();
        await Owner.DisposeAsync();
        await TestServer.DropDatabaseAsync(OwnerConnection);
    }
}
