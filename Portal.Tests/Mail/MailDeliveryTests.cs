using Portal.Infrastructure.Mail;

namespace Portal.Tests.Mail;

/// <summary>Letters as they leave, here into a folder.</summary>
public sealed class MailDeliveryTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"letters-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("new.manager@portal.example", "Reply-To: new.manager@portal.example")]
    [InlineData("no address", null)]
    [InlineData(null, null)]
    public async Task Letter_NamesWhereAnAnswerGoes_WhereThatIsAnAddress(string? answers, string? header)
    {
        await new MailDelivery(new(folder)).SendAsync(new("office@client.example", "Hello", "Text") { AnswersTo = answers }, "key", default);

        var lines = await File.ReadAllLinesAsync(Directory.GetFiles(folder).Single());
        Assert.Equal(header, lines.SingleOrDefault(line => line.StartsWith("Reply-To:", StringComparison.OrdinalIgnoreCase)));
    }
}
