using Portal.Tests.Support;

namespace Portal.Tests.Database;

/// <summary>Somebody changes his mind while the first start is still founding its database.</summary>
public sealed class StopDuringStartTests
{
    [Theory]
    [InlineData("Applied 0001")]
    [InlineData("Applied 0120")]
    public async Task Start_ThatIsStopped_TakesItsDatabaseServerWithIt_AndTheNextOneGoesOn(string seen)
    {
        var data = TestServer.NewFolder();
        try
        {
            var stopped = PortalProcess.Begin(data, settings: new Dictionary<string, string> { ["demo"] = "true" });
            await Wait.UntilAsync(() => Task.FromResult(stopped.Output.Contains(seen)), seen, TimeSpan.FromSeconds(120));
            var (_, code) = await stopped.TerminateAsync();

            Assert.Equal(130, code);
            Assert.False(File.Exists(Path.Combine(data, "postgres", "cluster", "postmaster.pid")), stopped.Output);

            await using var next = await PortalProcess.StartAsync(data);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
