using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Portal.Web.Shared;

namespace Portal.Web.Shell;

/// <summary>Asks before the start whether the program can listen where it is told to.</summary>
internal static class ListeningPorts
{
    /// <summary>What hinders listening and what to do about it, in the language of the machine; null when nothing does.</summary>
    public static string? Problem(IConfiguration configuration)
    {
        var addresses = Addresses(configuration).Select(address => (Address: address, Setting: "--port N"));
        if (configuration["Telemetry:OsmAndPort"] is { Length: > 0 } devices) addresses = addresses.Append(($"http://*:{devices}", "Telemetry:OsmAndPort"));
        var texts = new TextCatalog(typeof(ListeningPorts).Assembly);
        return addresses.Select(a => Hindrance(a.Address) is { } key
            ? string.Format(CultureInfo.CurrentCulture, texts.Find(key, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName)!, a.Address, a.Setting)
            : null).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>Key of the text for what befell an attempt to listen.</summary>
    internal static string KeyOf(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "start.port-taken",
        SocketError.AccessDenied => "start.port-forbidden",
        _ => "start.address-not-here",
    };

    /// <summary>Where the web server listens, as it reads its own settings.</summary>
    internal static string[] Addresses(IConfiguration configuration)
    {
        if (configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } urls) return Parts(urls);
        if (configuration[WebHostDefaults.HttpPortsKey] is { Length: > 0 } ports) return [.. Parts(ports).Select(port => $"http://*:{port}")];
        return ["http://localhost:5000"];
    }

    private static string? Hindrance(string address)
    {
        // A socket in the file system has no port.
        if (address.Contains("://unix:", StringComparison.Ordinal)) return null;
        if (!Uri.TryCreate(address.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")) return "start.port-invalid";
        try
        {
            using var listener = new TcpListener(Place(uri), uri.Port);
            listener.Start();
            return null;
        }
        catch (SocketException e)
        {
            return KeyOf(e.SocketErrorCode);
        }
    }

    // As the server reads an address: a name other than localhost means every interface.
    private static IPAddress Place(Uri uri) => uri.Host == "localhost" ? IPAddress.Loopback
        : uri.HostNameType is UriHostNameType.Dns ? IPAddress.Any
        : IPAddress.Parse(uri.Host);

    private static string[] Parts(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
