using System.Net;
using Npgsql;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

public sealed class HealthTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_WhenAllIsWell_Says200(string path)
    {
        using var client = app.CreateClient();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
    }

    /// <summary>Fault 17: with every pooled connection taken, the answer is quick and says degraded.</summary>
    [Fact]
    public async Task Ready_WhenThePoolIsExhausted_SaysDegraded()
    {
        var pool = (NpgsqlDataSource)app.Services.GetService(typeof(NpgsqlDataSource))!;
        var size = new NpgsqlConnectionStringBuilder(pool.ConnectionString).MaxPoolSize;
        using var client = app.CreateClient();
        var held = await Task.WhenAll(Enumerable.Range(0, size).Select(_ => pool.OpenConnectionAsync().AsTask()));

        var answer = await client.GetAsync("/health/ready");
        foreach (var connection in held)
            await connection.DisposeAsync();

        Assert.Equal("Degraded", await answer.Content.ReadAsStringAsync());
        Assert.Equal("Healthy", await client.GetStringAsync("/health/ready"));
    }
}
