namespace Portal.Tests.Clients.Matching;

public sealed class FebrlFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"febrl-{Guid.NewGuid():N}.csv");

    [Fact]
    public async Task File_WithColumnsNobodyKnows_NamesThem()
    {
        var file = await ReadAsync("rec_id, given_name, surname, culture, date_of_birth, soc_sec_id", "rec-7-org, ann, lee, uk, 19801301, 1234567", "rec-7-dup-0, , lee, uk, 19801203, ");

        Assert.Equal(["culture"], file.UnknownColumns);
        Assert.Equal(["7", "7"], file.Entities);
        Assert.Equal(1, file.ImpossibleDates);
        Assert.Equal(("ann lee", "lee"), (file.People[0].Name, file.People[1].Name));
        Assert.Equal("1234567", file.People[0].TaxNumbers.Single().Normal);
        Assert.Equal(new DateOnly(1980, 12, 3), file.People[1].BirthDate);
    }

    [Fact]
    public async Task Columns_ToBeIgnored_AreLeftOutOrNamedAsAbsent()
    {
        var file = await ReadAsync(["soc_sec_id", "phone_number"], ["rec_id, surname, soc_sec_id", "rec-1-org, lee, 1234567"]);

        Assert.Empty(file.People.Single().TaxNumbers);
        Assert.Equal(["phone_number"], file.AbsentColumns);
    }

    [Theory]
    [InlineData("given_name, surname", "ann, lee")]
    [InlineData("rec_id, surname", "7, lee")]
    public async Task File_WithoutTheTruth_IsRefused(string header, string row) => await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(header, row));

    [Fact]
    public async Task Quality_OfASearch_CountsPairsBeforeClosure()
    {
        var file = await ReadAsync("rec_id, given_name, surname, soc_sec_id",
            "rec-1-org, ann, leewood, 1234567", "rec-1-dup-0, ann, leewood, 1234567", "rec-1-dup-1, ann, leewood, 1234567", "rec-2-org, ann, leewood, 1234567", "rec-3-org, bob, marsh, 7654321");

        Assert.Equal(new MatchQuality(6, 3, 3, 6), MatchQuality.Of(file.People, file.Entities));
    }

    public void Dispose() => File.Delete(path);

    private Task<FebrlFile> ReadAsync(params string[] lines) => ReadAsync([], lines);

    private async Task<FebrlFile> ReadAsync(string[] ignored, string[] lines)
    {
        await File.WriteAllLinesAsync(path, lines);
        return await FebrlFile.ReadAsync(path, ignored);
    }
}
