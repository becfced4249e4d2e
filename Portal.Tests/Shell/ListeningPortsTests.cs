using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Portal.Tests.Support;
using Portal.Web.Shell;

namespace Portal.Tests.Shell;

/// <summary>A start that cannot listen says so in one line and leaves nothing behind.</summary>
public sealed class ListeningPortsTests
{
    [Fact]
    public async Task Start_OnATakenPort_EndsWithoutFoundingAnything()
    {
        using var taken = Listen();
        var data = TestServer.NewFolder();

        var code = await PortalHost.RunAsync(["--port", $"{PortOf(taken)}", "--data", data]);

        Assert.Equal(1, code);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public void Problem_WithATakenPort_NamesItAndWhatToDo()
    {
        using var taken = Listen();

        Assert.StartsWith($"Portal did not start: the port of http://localhost:{PortOf(taken)} is taken.", Problem("urls", $"http://localhost:{PortOf(taken)}"));
        Assert.Contains("Telemetry:OsmAndPort", Problem("Telemetry:OsmAndPort", $"{PortOf(taken)}"));
        Assert.Contains("is taken", Problem("http_ports", $"{PortOf(taken)}"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:many")]
    [InlineData("8080")]
    public void Problem_WithAnAddressThatIsNone_SaysSo(string address) =>
        Assert.StartsWith($"Portal did not start: {address} is not an address", Problem("urls", address));

    [Fact]
    public void Problem_WithAnAddressOfAnotherMachine_SaysSo() => Assert.Contains("does not have the address", Problem("urls", "http://192.0.2.1:0"));

    [Fact]
    public void KeyOf_ARefusalOfTheSystem_IsThatOfForbiddenPorts() => Assert.Equal("start.port-forbidden", ListeningPorts.KeyOf(SocketError.AccessDenied));

    [Theory]
    [InlineData("http://127.0.0.1:0;http://[::1]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://unix:/tmp/portal.sock")]
    public void Problem_WithAFreePlace_IsNone(string addresses) => Assert.Null(Problem("urls", addresses));

    private static string? Problem(string key, string value) =>
        ListeningPorts.Problem(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["urls"] = key == "http_ports" ? null : "http://127.0.0.1:0", [key] = value }).Build());

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
