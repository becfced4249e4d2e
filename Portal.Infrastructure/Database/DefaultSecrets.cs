using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>Refuses to work with a password everybody knows.</summary>
public static class DefaultSecrets
{
    private static readonly HashSet<string> WellKnown = new(StringComparer.OrdinalIgnoreCase)
    {
        "admin", "change-me", "change_me", "changeme", "default", "example", "passw0rd", "password", "portal", "postgres", "root", "secret", "test", "123456", "12345678",
    };

    /// <summary>Checks every connection string given.</summary>
    /// <exception cref="InvalidOperationException">The password is well known or the user's own name; the message names the setting, not the password.</exception>
    public static void Refuse(DatabaseOptions options)
    {
        Refuse(options.OwnerConnection, "PORTAL_DATABASE");
        Refuse(options.ApplicationConnection, "ConnectionStrings:Application");
        Refuse(options.CabinetConnection, "ConnectionStrings:Cabinet");
    }

    private static void Refuse(string? connection, string setting)
    {
        if (connection is null) return;
        var parts = new NpgsqlConnectionStringBuilder(connection);
        if (parts.Password is { Length: > 0 } password && (WellKnown.Contains(password) || string.Equals(password, parts.Username, StringComparison.OrdinalIgnoreCase)))
            throw new InvalidOperationException($"{setting} holds a well-known password. Choose another one: Portal does not start with it in production.");
    }
}
