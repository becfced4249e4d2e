using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Portal.Web.Api;
using Portal.Web.Shell;

namespace Portal.Tests.Shell;

public sealed class StartArgumentsTests
{
    [Fact]
    public void Read_PutsShortFormsUnderTheirSettings_AndKeepsTheOthers() => Assert.Equal(
        ["--urls=http://127.0.0.1:8080", "--demo=false", "--data=/srv/portal", "--Map:TileUrl=https://tiles.example/{z}", "--demo=True"],
        StartArguments.Read(["--port", "8080", "--no-demo", "--data", "/srv/portal", "--Map:TileUrl=https://tiles.example/{z}", "--demo", "True"]));

    [Theory]
    [InlineData("Unknown: --bogus", "--bogus")]
    [InlineData("Unknown: serve", "serve")]
    [InlineData("--demo is true or false, not maybe.", "--demo", "maybe")]
    [InlineData("--data needs a value.", "--data")]
    public async Task Start_WithWhatNobodyReads_SaysSoInOneLine(string said, params string[] args)
    {
        Assert.Equal(said, Assert.Throws<FormatException>(() => StartArguments.Read(args)).Message);
        Assert.Equal(2, await PortalHost.RunAsync(args));
    }

    [Fact]
    public void PortOfDevices_StandsBesideThePortsOfTheEnvironment()
    {
        var builder = WebApplication.CreateBuilder(["--urls=", "--http_ports=8081", "--Telemetry:OsmAndPort=5055"]);

        builder.WebHost.ListenForDevices(builder.Configuration);

        Assert.Equal("http://*:8081;http://*:5055", builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }
}
