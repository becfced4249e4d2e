using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

public sealed class HealthTests(HealthTests.SmallPool app) : IClassFixture<HealthTests.SmallPool>
{
    private const int PoolSize = 12;

    /// <summary>An application that has few connections.</summary>
    public sealed class SmallPool : PortalApp
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Database:PoolSize", $"{PoolSize}")];
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_WhenAllIsWell_Says200(string path)
    {
        using var client = app.CreateClient();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
    }

    /// <summary>Fault 17: with every pooled connection taken, the answer says degraded, and all is well once they are free.</summary>
    [Fact]
    public async Task Ready_WhenThePoolIsExhausted_SaysDegraded()
    {
        using var client = app.CreateClient();
        var held = new List<NpgsqlConnection>();

        // The application's own jobs hold some connections, and may give one back at any time.
        await Wait.UntilAsync(async () =>
        {
            held.AddRange(await TakeAllAsync(app.Services.GetRequiredService<NpgsqlDataSource>()));
            return await client.GetStringAsync("/health/ready") == "Degraded";
        }, "readiness to say degraded");
        foreach (var connection in held)
            await connection.DisposeAsync();

        await Wait.UntilAsync(async () => await client.GetStringAsync("/health/ready") == "Healthy", "readiness to say healthy");
    }

    private static async Task<IEnumerable<NpgsqlConnection>> TakeAllAsync(NpgsqlDataSource pool)
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, PoolSize).Select(async _ =>
        {
            try
            {
                return await pool.OpenConnectionAsync();
            }
            catch (NpgsqlException)
            {
                return null;
            }
        }));
        return taken.OfType<NpgsqlConnection>();
    }
}
