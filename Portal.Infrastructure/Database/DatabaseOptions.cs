using Microsoft.Extensions.Configuration;

namespace Portal.Infrastructure.Database;

/// <summary>Where Portal keeps its data: on a server somebody else runs, or in a cluster of its own.</summary>
public sealed record DatabaseOptions
{
    /// <summary>
    /// Connection string of the database's owner, who runs the migrations. When absent, Portal runs its own
    /// PostgreSQL below <see cref="DataFolder"/>.
    /// </summary>
    public string? OwnerConnection { get; init; }

    /// <summary>
    /// Connection string of the role the application works under. When absent, it is the owner's with the role
    /// <c>portal_application</c>, which is then made by Portal.
    /// </summary>
    public string? ApplicationConnection { get; init; }

    /// <summary>As <see cref="ApplicationConnection"/>, for the customers' cabinet (<c>portal_cabinet</c>).</summary>
    public string? CabinetConnection { get; init; }

    /// <summary>Connections the application may hold at once; the cabinet may hold half as many beside them.</summary>
    public int PoolSize { get; init; } = 80;

    /// <summary>Absolute folder for everything Portal stores: the own cluster, files, keys.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The own cluster's folder.</summary>
    public string PostgresFolder => Path.Combine(DataFolder, "postgres");

    /// <summary>
    /// Reads <c>PORTAL_DATABASE</c> (or <c>ConnectionStrings:Portal</c>), <c>ConnectionStrings:Application</c>,
    /// <c>ConnectionStrings:Cabinet</c>, <c>Database:PoolSize</c> and <c>PORTAL_DATA</c> (or <c>--data</c>).
    /// </summary>
    public static DatabaseOptions From(IConfiguration configuration) => new()
    {
        OwnerConnection = Text(configuration["PORTAL_DATABASE"]) ?? Text(configuration.GetConnectionString("Portal")),
        ApplicationConnection = Text(configuration.GetConnectionString("Application")),
        CabinetConnection = Text(configuration.GetConnectionString("Cabinet")),
        PoolSize = configuration.GetValue("Database:PoolSize", 80),
        DataFolder = Path.GetFullPath(Text(configuration["data"]) ?? Text(configuration["PORTAL_DATA"]) ?? DefaultDataFolder)
    };

    // PostgreSQL refuses to run as root, and the user it then runs as may not be allowed into the checkout.
    private static string DefaultDataFolder => Environment.IsPrivilegedProcess ? "/var/lib/portal" : ".data";

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
