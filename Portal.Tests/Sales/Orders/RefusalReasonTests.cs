using System.Text.RegularExpressions;
using Portal.Tests.Support;
using Portal.Web.Documents;
using Portal.Web.Sales.Orders;
using Portal.Web.Shared;

namespace Portal.Tests.Sales.Orders;

/// <summary>Why a client did not take goods: what the driver's page proposes is told in the reader's language, what somebody typed as it was typed.</summary>
public sealed class RefusalReasonTests
{
    [Fact]
    public void Proposed_AreThoseOfTheDriversPage_AndHaveWordsInEveryLanguage()
    {
        var page = File.ReadAllText(SourceTree.Path("Portal.Web", "wwwroot", "drive", "deliver.js"));
        var proposed = Regex.Match(page, @"const reasons = \[(.*?)\];").Groups[1].Value.Split(", ").Select(key => key.Trim('\''));
        var catalog = new TextCatalog(typeof(TextCatalog).Assembly);

        Assert.Equal(OrderWords.RefusalReasons, proposed);
        Assert.Equal("Повреждено", catalog.Tongue("ru").Words(OrderWords.RefusalReasons[0]));
    }
}
