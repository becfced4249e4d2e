using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>A sheet that lost what it held leaves its page without a look, and nothing else tells of it.</summary>
public sealed class StyleSheetTests
{
    [Fact]
    public void Sheets_HoldSomething()
    {
        var sheets = SourceTree.Files("Portal.Web", ".css").ToList();

        Assert.NotEmpty(sheets);
        Check.None(sheets.Where(sheet => string.IsNullOrWhiteSpace(File.ReadAllText(sheet))));
    }
}
