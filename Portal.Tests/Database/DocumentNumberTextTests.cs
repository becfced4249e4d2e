using Portal.Domain.Documents;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

/// <summary>The database writes numbers of documents as people do.</summary>
public sealed class DocumentNumberTextTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Theory]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(9_999)]
    [InlineData(10_000)]
    [InlineData(123_456)]
    public async Task Number_IsWrittenAsEverywhere(int sequence) => Assert.Equal(new DocumentNumber(2026, sequence).ToString(), await AskAsync($"2026, {sequence}"));

    [Fact]
    public async Task Number_ThatHasNotBeenTaken_IsNone() => Assert.Null(await AskAsync("null, null"));

    private async Task<string?> AskAsync(string number)
    {
        await using var command = database.DataSource.CreateCommand($"select core.document_number({number})");
        return await command.ExecuteScalarAsync() as string;
    }
}
