using Portal.Tests.Support;
using Xunit.Abstractions;

namespace Portal.Tests.Clients.Matching;

/// <summary>Published synthetic people with known duplicates, found at the default threshold.</summary>
public sealed class FebrlTests(ITestOutputHelper output)
{
    [SharedDataFact("dedupe/febrl_dataset1.csv")]
    public Task Febrl1_WithNumberAndBirthDate_IsFound() => ExpectAsync("febrl_dataset1.csv", [], precision: 0.98, recall: 0.95);

    [SharedDataFact("dedupe/febrl_dataset3.csv")]
    public Task Febrl3_WithNumberAndBirthDate_IsFound() => ExpectAsync("febrl_dataset3.csv", [], precision: 0.98, recall: 0.95);

    [SharedDataFact("dedupe/febrl_dataset1.csv")]
    public Task Febrl1_ByNameAndAddressAlone_IsFound() => ExpectAsync("febrl_dataset1.csv", ["soc_sec_id", "date_of_birth"], precision: 0.97, recall: 0.85);

    [SharedDataFact("dedupe/febrl_dataset3.csv")]
    public Task Febrl3_ByNameAndAddressAlone_IsFound() => ExpectAsync("febrl_dataset3.csv", ["soc_sec_id", "date_of_birth"], precision: 0.97, recall: 0.85);

    private async Task ExpectAsync(string name, string[] ignored, double precision, double recall)
    {
        var file = await FebrlFile.ReadAsync(SharedData.File($"dedupe/{name}"), ignored);
        Assert.Empty(file.UnknownColumns);

        var quality = MatchQuality.Of(file.People, file.Entities);

        output.WriteLine(quality.ToString());
        Assert.True(quality.Precision >= precision && quality.Recall >= recall, quality.ToString());
    }
}
