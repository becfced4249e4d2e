using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Infrastructure.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

/// <summary>The application with ten minutes of the past: two cars that drive north, and three trips of the first one.</summary>
public sealed class PastApp : PortalApp
{
    public static readonly DateTimeOffset From = new(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);
    public static readonly Period Window = new(From, From.AddMinutes(10));
    public static readonly Actor Player = Actor.System("test") with { UserId = Guid.NewGuid(), Name = "Piet Player" };

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Map:TileUrl", "")];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var tracks = new StringBuilder("vehicle,time,lat,lon\n");
        for (var i = 0; i < 40; i++)
            foreach (var (plate, lon) in new[] { ("P1", "30.2"), ("P2", "30.3") })
                tracks.Append(CultureInfo.InvariantCulture, $"{plate},{From.AddSeconds(15 * i):yyyy-MM-dd'T'HH:mm:ss}Z,{46.1 + 0.002 * i:0.0000},{lon}\n");
        await ImportAsync("tracks", tracks.ToString());
        await ImportAsync("trips", "vehicle,pickup utc,dropoff utc,from,to\n" + string.Concat(
            new[] { 1, 4, 8 }.Select(minute => $"P1,{From.AddMinutes(minute):yyyy-MM-dd'T'HH:mm:ss}Z,{From.AddMinutes(minute + 2):yyyy-MM-dd'T'HH:mm:ss}Z,Mill {minute},Depot\n")));
    }

    private async Task ImportAsync(string kind, string text)
    {
        var (line, work) = (Services.GetRequiredService<ImportLine>(), Services.GetRequiredService<ImportQuery>());
        var run = await line.UploadAsync(kind, "past.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), Player, default);
        await line.CheckAsync(run.Id, Player, default);
        await Wait.UntilAsync(async () => (await work.RunAsync(run.Id, Player, default)).State == ImportState.Checked, "the check");
        await line.ApplyAsync(run.Id, Player, default);
        await Wait.UntilAsync(async () => (await work.RunAsync(run.Id, Player, default)).State == ImportState.Completed, "the import");
    }

    /// <summary>One value from the database.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
