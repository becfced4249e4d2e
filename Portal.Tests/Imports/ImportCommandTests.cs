using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;
using Portal.Web.Imports;

namespace Portal.Tests.Imports;

public sealed class ImportCommandTests(PortalApp app) : IClassFixture<PortalApp>
{
    private const string Header = "vehicle,pickup utc,dropoff utc,from,to\n";

    [Fact]
    public void Take_LeavesTheProgramsOwnArguments()
    {
        string[] args = ["import", "trips", "/data/trips.csv", "--source", "Depot", "--contentRoot", "/app", "--known-only", "--column", "vehicle=Unit no", "--data", "/var/lib/portal"];

        var command = ImportCommand.Take(ref args)!;

        Assert.Equal(["--contentRoot", "/app", "--data", "/var/lib/portal"], args);
        Assert.Equal(("trips", "/data/trips.csv", "Depot", true), (command.Kind, command.File, command.Source, command.KnownOnly));
        Assert.Equal("Unit no", command.Columns["vehicle"]);
    }

    [Fact]
    public void Take_OfAnotherProgramCall_TakesNothing()
    {
        string[] args = ["--port", "8080"];

        Assert.Null(ImportCommand.Take(ref args));
        Assert.Equal(2, args.Length);
    }

    [Fact]
    public void Take_WithoutAFile_SaysHowItIsCalled()
    {
        string[] args = ["import", "trips"];

        Assert.Contains("import KIND FILE", Assert.Throws<FormatException>(() => ImportCommand.Take(ref args)).Message);
    }

    [Fact]
    public async Task Run_TellsMapTotalsAndReport_AndEndsWithZero()
    {
        var (code, told) = await RunAsync("trips", Header + "C1,2024-05-01T10:00Z,2024-05-01T10:20Z,Mill,Depot\nC1,never,2024-05-01T10:20Z,Mill,Depot\n");

        Assert.Equal(0, code);
        Assert.Contains("pickup utc → Pickup time", told);
        Assert.Contains("Taken in 1 · passed over 0 · refused 1", told);
        var report = told.Split('\n').Single(line => line.StartsWith("Refused rows: ", StringComparison.Ordinal))["Refused rows: ".Length..].Trim();
        Assert.Contains("Not a time: Pickup time, never", await File.ReadAllTextAsync(report));
        Assert.Equal("trips.refused.csv", Path.GetFileName(report));
    }

    [Fact]
    public async Task Run_OfAFileThatIsNotThere_SaysSoInOneLine()
    {
        string[] args = ["import", "trips", "/nowhere/lost.csv"];
        var told = new StringWriter();

        Assert.Equal(1, await ImportCommand.Take(ref args)!.RunAsync(app.Services, told, default));

        Assert.Equal("The file /nowhere/lost.csv is not there or may not be read.", told.ToString().Trim());
    }

    [Fact]
    public async Task Run_OfAFileThatNamesATripTwice_TellsASumThatFits()
    {
        var (_, told) = await RunAsync("trips", Header + string.Concat(Enumerable.Repeat("C9,2024-05-03T10:00Z,2024-05-03T10:20Z,Mill,Depot\n", 2)) + "C9,never,2024-05-03T10:20Z,Mill,Depot\n");

        Assert.Contains("Rows 3 · refused 1 · taken in before 0 · to take in 2", told);
        Assert.Contains("Taken in 2 · passed over 0 · refused 1", told);
        Assert.Matches(@"\n +1  Of these, named a second time in the file and kept\r?\n", told);
    }

    [Fact]
    public async Task Run_BesideAnApplicationThatHasReadNoStreets_NamesPointsByTheirStreet()
    {
        var roads = app.Services.GetRequiredService<Roads>();
        const string street = """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Mill Lane","kind":"road"},"geometry":{"type":"LineString","coordinates":[[28.82,47.02],[28.84,47.02]]}}]}""";
        await app.Services.GetRequiredService<MapLayers>().AddAsync("Streets", false, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(street)), Actor.System("test"), default);
        await Wait.UntilAsync(() => roads.Streets is not null, "the streets of the running application");
        roads.Replace(new TravelTimeEstimator(null, TravelExperience.None, TimeZoneInfo.Utc), null);

        var (code, _) = await RunAsync("trips", "vehicle,pickup utc,dropoff utc,pickup lat,pickup lon,dropoff lat,dropoff lon\nC7,2024-05-02T10:00Z,2024-05-02T10:20Z,47.0201,28.825,47.0199,28.835\n");

        Assert.Equal(0, code);
        await using var named = app.Database.Owner.CreateCommand("select count(*) from dispatch.trip where pickup_address like '%Mill Lane%' and dropoff_address like '%Mill Lane%'");
        Assert.Equal(1L, await named.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("trips", Header)]
    [InlineData("trips", Header + "C1,never,never,Mill,Depot\n")]
    [InlineData("trips", "alpha,beta\n1x,2x\n")]
    [InlineData("weather", Header + "C1,2024-05-01T10:00Z,2024-05-01T10:20Z,Mill,Depot\n")]
    public async Task Run_OfAFileThatGivesNothing_EndsWithOne(string kind, string text) => Assert.Equal(1, (await RunAsync(kind, text)).Code);

    private async Task<(int Code, string Told)> RunAsync(string kind, string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("portal-command-").FullName, "trips.csv");
        await File.WriteAllTextAsync(path, text);
        string[] args = ["import", kind, path];
        var told = new StringWriter();
        var code = await ImportCommand.Take(ref args)!.RunAsync(app.Services, told, default);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return (code, told.ToString());
    }
}
