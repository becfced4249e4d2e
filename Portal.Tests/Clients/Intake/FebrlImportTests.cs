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
    public Task Febrl3_WithNumberAndBirthDate_IsFound() => ExpectAsync("febrl_dataset3.csv", [], 0.98, 0.95);

    [SharedDataFact("dedupe/febrl_dataset1.csv")]
    public Task Febrl1_ByNameAndAddressAlone_IsFound() => ExpectAsync("febrl_dataset1.csv", Identifiers, 0.97, 0.85);

    [SharedDataFact("dedupe/febrl_dataset3.csv")]
    public Task Febrl3_ByNameAndAddressAlone_IsFound() => ExpectAsync("febrl_dataset3.csv", Identifiers, 0.97, 0.85);

    private async Task ExpectAsync(string name, string[] ignored, double precision, double recall)
    {
        var (quality, run, unknown, _) = await FebrlImport.CheckAsync(rig, SharedData.File($"dedupe/{name}"), ignored);

        output.WriteLine(quality.ToString());
        Assert.Empty(unknown);
        Assert.Equal(0, await rig.CountAsync($"imports.staged_row where run = '{run.Id}' and refusal is not null and refusal not like 'likely-%'"));
        Assert.True(quality.Precision >= precision && quality.Recall >= recall, quality.ToString());
    }
}
