using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Tests.Support;

/// <summary>
/// A migrated database of a test class's own: <c>class XTests(PortalDatabase database) : IClassFixture&lt;PortalDatabase&gt;</c>.
/// </summary>
public sealed class PortalDatabase : IAsyncLifetime
{
    private const int Connections = 100;

    /// <summary>Connection string of the owner.</summary>
    public string OwnerConnection { get; private set; } = "";

    /// <summary>As the application works: with the rights of its role.</summary>
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    /// <summary>As the cabinet works.</summary>
    public NpgsqlDataSource Cabinet { get; private set; } = null!;

    /// <summary>As the owner, for what a test arranges past the application's rights.</summary>
    public NpgsqlDataSource Owner { get; private set; } = null!;

    /// <summary>As <see cref="DataSource"/>, with so many connections.</summary>
    public NpgsqlDataSource Pooled(int connections) => Pool(DatabaseRoles.ConnectionFor(DatabaseRoles.Application, OwnerConnection), connections);

    public async Task InitializeAsync()
    {
        OwnerConnection = await TestServer.CreateDatabaseAsync();
        Owner = Pool(OwnerConnection);
        DataSource = Pooled(Connections);
        Cabinet = Pool(DatabaseRoles.ConnectionFor(DatabaseRoles.Cabinet, OwnerConnection));
    }

    public async Task DisposeAsync()
    {
        await Cabinet.DisposeAsync();
        await DataSource.DisposeAsync();
        await Owner.DisposeAsync();
        await TestServer.DropDatabaseAsync(OwnerConnection);
    }

    // Connections are kept, as the running application keeps them: to open one takes longer than most questions.
    private static NpgsqlDataSource Pool(string connection, int connections = Connections) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = true, MaxPoolSize = connections }.ConnectionString);
}
