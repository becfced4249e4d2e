using Portal.Web.Imports;
using Portal.Web.Shared;

namespace Portal.Tests.Imports;

public sealed class RefusedRowsTests
{
    private readonly Texts texts = new(new TextCatalog(typeof(Texts).Assembly), LocalTime.For(ImportRig.Importer, TimeProvider.System));

    [Theory]
    [InlineData("tax-number", "Too long: Tax number, 40")]
    [InlineData("partner.name", "Too long: name of the client, 40")]
    [InlineData("somebody", "Too long: somebody, 40")]
    public void Reason_OfAColumnOrField_NamesItInWords(string about, string said) => Assert.Equal(said, RefusedRows.Reason(texts, "clients", "too-long", [about, "40"]));

    [Fact]
    public void Reason_OfARowThatIsHeldAlike_SaysWhomAndWhy() => Assert.Equal(
        "Likely the same as another row (line · client): 4 · Quiet Harbour Foods, 97 %, Phone: the same, Name: similar",
        RefusedRows.Reason(texts, "clients", "likely-twin", ["4 · Quiet Harbour Foods", "97 %", "Phone Same", "Name Similar"]));
}
