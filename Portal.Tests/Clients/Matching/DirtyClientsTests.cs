using Xunit.Abstractions;

namespace Portal.Tests.Clients.Matching;

/// <summary>Cross-validation of the weights: bases of other people than the published files, made by chance from several seeds.</summary>
public sealed class DirtyClientsTests(ITestOutputHelper output)
{
    private const int Clients = 1500;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Duplicates_AmongDirtyClients_AreFound(int seed)
    {
        var dirty = DirtyClients.Of(Clients, seed);

        Expect(MatchQuality.Of(dirty.People, dirty.Entities), precision: 0.98, recall: 0.98);
    }

    /// <summary>Families behind one door differ by little more than a given name then.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Duplicates_WithoutNumbersAndBirthDates_AreFound(int seed)
    {
        var dirty = DirtyClients.Of(Clients, seed);

        Expect(MatchQuality.Of(dirty.WithoutIdentifiers(), dirty.Entities), precision: 0.94, recall: 0.94);
    }

    private void Expect(MatchQuality quality, double precision, double recall)
    {
        output.WriteLine(quality.ToString());
        Assert.True(quality.Precision >= precision && quality.Recall >= recall, quality.ToString());
    }
}
