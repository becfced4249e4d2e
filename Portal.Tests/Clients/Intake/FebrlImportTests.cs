using Portal.Tests.Imports;
using Portal.Tests.Support;
using Xunit.Abstractions;

namespace Portal.Tests.Clients.Intake;

/// <summary>Published synthetic people with known duplicates, found by the import before anything is taken in, at the default threshold.</summary>
public sealed class FebrlImportTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly string[] Identifiers = ["soc_sec_id", "date_of_birth"];
    private readonly ImportRig rig = new();

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    [SharedDataFact("dedupe/febrl_dataset1.csv")]
    public Task Febrl1_WithNumberAndBirthDate_IsFound() => ExpectAsync("febrl_dataset1.csv", [], 0.98, 0.95);

    [SharedDataFact("dedupe/febrl_dataset3.csv")]
    public Task Febrl3_WithNumberAndBirthDate_IsFound() => ExpectAsync("febrl_dataset3.csv", [], 0.98, 0.95, nameless: 6);

    [SharedDataFact("dedupe/febrl_dataset1.csv")]
    public Task Febrl1_ByNameAndAddressAlone_IsFound() => ExpectAsync("febrl_dataset1.csv", Identifiers, 0.97, 0.85);

    [SharedDataFact("dedupe/febrl_dataset3.csv")]
    public Task Febrl3_ByNameAndAddressAlone_IsFound() => ExpectAsync("febrl_dataset3.csv", Identifiers, 0.97, 0.85, nameless: 6);

    [Fact]
    public async Task File_WithColumnsNobodyKnows_NamesThem()
    {
        var check = await CheckAsync([], "rec_id, given_name, surname, culture, date_of_birth, soc_sec_id", "rec-7-org, ann, lee, uk, 19801301, 1234567", "rec-7-dup-0, , lee, uk, 19801203, ");

        Assert.Equal(["culture"], check.Unknown);
        Assert.Equal(1, check.Run.Notes["birth-date-kept"]);
    }

    [Fact]
    public async Task Columns_ToBeIgnored_AreLeftOutOrNamedAsAbsent()
    {
        string[] lines = ["rec_id, given_name, surname, soc_sec_id", "rec-1-org, ann, leewood, 1234567", "rec-2-org, ann, leewood, 1234567"];

        Assert.Equal(1, (await CheckAsync([], lines)).Quality.Found);
        var check = await CheckAsync(["soc_sec_id", "phone_number"], lines);
        Assert.Equal(["phone_number"], check.Absent);
        Assert.Equal(0, check.Quality.Found);
    }

    [Theory]
    [InlineData("given_name, surname", "ann, lee")]
    [InlineData("rec_id, surname", "7, lee")]
    public async Task File_WithoutTheTruth_IsRefused(string header, string row) => await Assert.ThrowsAsync<InvalidDataException>(() => CheckAsync([], header, row));

    [Fact]
    public async Task Quality_OfACheck_CountsPairsBeforeClosure()
    {
        var check = await CheckAsync([], "rec_id, given_name, surname, soc_sec_id",
            "rec-1-org, ann, leewood, 1234567", "rec-1-dup-0, ann, leewood, 1234567", "rec-1-dup-1, ann, leewood, 1234567", "rec-2-org, ann, leewood, 1234567", "rec-3-org, bob, marsh, 7654321");

        Assert.Equal((6, 3, 3L), (check.Quality.Found, check.Quality.Right, check.Quality.True));
    }

    private async Task ExpectAsync(string name, string[] ignored, double precision, double recall, int nameless = 0)
    {
        var check = await FebrlImport.CheckAsync(rig, SharedData.File($"dedupe/{name}"), ignored);

        output.WriteLine(check.Quality.ToString());
        Assert.Empty(check.Unknown);
        Assert.Equal(nameless, await rig.CountAsync($"imports.staged_row where run = '{check.Run.Id}' and refusal = 'missing' and refusal_args = '{{partner.name}}'"));
        Assert.Equal(nameless, await rig.CountAsync($"imports.staged_row where run = '{check.Run.Id}' and refusal is not null and refusal not like 'likely-%'"));
        Assert.True(check.Quality.Precision >= precision && check.Quality.Recall >= recall, check.Quality.ToString());
    }

    private async Task<FebrlCheck> CheckAsync(string[] ignored, params string[] lines)
    {
        var path = Path.Combine(rig.Folder, $"febrl-{Guid.NewGuid():N}.csv");
        await File.WriteAllLinesAsync(path, lines);
        return await FebrlImport.CheckAsync(rig, path, ignored);
    }
}
