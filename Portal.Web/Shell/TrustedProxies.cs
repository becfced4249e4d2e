using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Portal.Web.Shell;

/// <summary>
/// Believes <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> of the proxies that the setting <c>Proxy:Known</c> names, and of nobody else:
/// anybody can send these headers, and by them the address is told that the audit and the limits go by.
/// </summary>
internal static class TrustedProxies
{
    /// <summary>Must stand before everything that asks for a scheme or an address. Without the setting it does nothing.</summary>
    /// <exception cref="InvalidOperationException">The setting is neither an address nor a network.</exception>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var known = (app.Configuration["Proxy:Known"] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (known.Length == 0) return;
        // No limit but the list: the walk along the header ends at the first address that is not a proxy of ours.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var one in known)
            if (IPAddress.TryParse(one, out var address)) options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(one, out var network)) options.KnownIPNetworks.Add(network);
            else throw new InvalidOperationException($"Proxy:Known names {one}, which is neither an address (10.0.0.5) nor a network (10.0.0.0/24).");
        app.UseForwardedHeaders(options);
    }
}
