using System.Net;
using System.Text.RegularExpressions;
using Portal.Tests.Support.Circuits;

namespace Portal.Tests.Support;

/// <summary>A browser's cookies and requests without the browser. Follows no redirect.</summary>
public sealed partial class WebSession : IDisposable
{
    /// <summary>A session without a sign-in.</summary>
    /// <param name="from">A loopback address of its own, for what is limited by address.</param>
    public WebSession(Uri address, IPAddress? from = null) => Http = new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        CookieContainer = Cookies,
        ConnectCallback = async (context, ct) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
            if (from is not null) socket.Bind(new IPEndPoint(from.MapToIPv6(), 0));
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = address };

    /// <summary>Its cookies.</summary>
    public CookieContainer Cookies { get; } = new();

    /// <summary>Its requests.</summary>
    public HttpClient Http { get; }

    /// <summary>Posts the sign-in form; the status, and the page without what differs by chance.</summary>
    public async Task<(HttpStatusCode Status, string Page, Uri? Location)> SignInAsync(string name, string password, string query = "", bool stay = false)
    {
        var form = await Http.GetStringAsync("/signin" + query);
        using var answer = await Http.PostAsync("/signin" + query, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "signin", ["__RequestVerificationToken"] = Token().Match(form).Groups[1].Value, ["Form.Name"] = name, ["Form.Password"] = password, ["Form.Stay"] = stay ? "true" : "false",
        }));
        var page = State().Replace(Token().Replace(await answer.Content.ReadAsStringAsync(), ""), "").Replace(WebUtility.HtmlEncode(name), "", StringComparison.Ordinal);
        return (answer.StatusCode, page, answer.Headers.Location);
    }

    /// <summary>Posts the sign-out form, and keeps the cookie as somebody who copied it would.</summary>
    /// <param name="path">The form's address.</param>
    public async Task<HttpStatusCode> SignOutKeepingCookieAsync(string path = "/account/signout")
    {
        var cookie = Cookies.GetCookies(Http.BaseAddress!)["portal"]!;
        var form = await Http.GetStringAsync("/account/password");
        using var answer = await Http.PostAsync(path, new FormUrlEncodedContent([new("__RequestVerificationToken", Token().Match(form).Groups[1].Value)]));
        Cookies.Add(new Cookie("portal", cookie.Value, "/", cookie.Domain));
        return answer.StatusCode;
    }

    /// <summary>Opens a circuit on a page, as the page in a browser does.</summary>
    public async Task<CircuitClient> OpenCircuitAsync(string path) => await CircuitClient.OpenAsync(await CircuitPage.GetAsync(Http, path), Cookies);

    public void Dispose() => Http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("<!--Blazor-.*?-->")]
    private static partial Regex State();
}
