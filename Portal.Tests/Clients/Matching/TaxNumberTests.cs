using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

public class TaxNumberTests
{
    [Theory]
    [InlineData("RU", "1234567894", "1234567894")]
    [InlineData("RU", "12 3456 7890 47", "123456789047")]
    [InlineData("UA", "32855961", "32855961")]
    [InlineData("UA", "25 30 41 40 71", "2530414071")]
    [InlineData("RO", "RO 185 472 90", "18547290")]
    [InlineData("RO", "1630615123457", "1630615123457")]
    [InlineData("MD", "1008600038413", "1008600038413")]
    [InlineData("ID", "01.312.166.0-091.000", "013121660091000")]
    [InlineData("ID", "0013121660091000", "013121660091000")]
    [InlineData("DE", "DE 123/456", "DE123456")]
    [InlineData(null, "ab-12", "AB12")]
    public void Number_OfACountry_HasItsNormalForm(string? country, string entered, string normal)
    {
        var number = TaxNumber.Of(entered, country);

        Assert.Equal((entered, normal, null), (number.Entered, number.Normal, number.Fault));
    }

    [Theory]
    [InlineData("RU", "1234567895", "tax-number.check-digit")]
    [InlineData("RU", "123456789037", "tax-number.check-digit")]
    [InlineData("RU", "12345678", "tax-number.length")]
    [InlineData("UA", "32855968", "tax-number.check-digit")]
    [InlineData("UA", "1759013770", "tax-number.check-digit")]
    [InlineData("RO", "18547291", "tax-number.check-digit")]
    [InlineData("RO", "1630615123458", "tax-number.check-digit")]
    [InlineData("MD", "1008600038412", "tax-number.check-digit")]
    [InlineData("ID", "01.312.166.1-091.000", "tax-number.check-digit")]
    [InlineData("ID", "3171019913900001", "tax-number.check-digit")]
    [InlineData("MD", "10O8600038413", "tax-number.letters")]
    [InlineData(null, " - ", "tax-number.length")]
    public void Number_ThatCannotBe_SaysWhy(string? country, string entered, string fault) => Assert.Equal(fault, TaxNumber.Of(entered, country).Fault);

    [Theory]
    [InlineData("1234567894/773601001", "773601001", null)]
    [InlineData("1234567894 / 7736AB001", "7736AB001", null)]
    [InlineData("1234567894/7736", "7736", "tax-number.branch")]
    [InlineData("1234567894", null, null)]
    public void Branch_OfARussianTaxpayer_IsKeptApart(string entered, string? branch, string? fault)
    {
        var number = TaxNumber.Of(entered, "RU");

        Assert.Equal(("1234567894", branch, fault), (number.Normal, number.Branch, number.Fault));
    }

    [Fact]
    public void Branches_OfOneTaxpayer_AreOneTaxpayer()
    {
        TaxNumber one = TaxNumber.Of("1234567894/773601001", "RU"), other = TaxNumber.Of("1234567894/500301001", "RU");

        Assert.True(one.IsSameAs(other) && one.IsOtherBranchOf(other) && !one.IsOtherBranchOf(TaxNumber.Of("1234567894", "RU")));
    }

    [Fact]
    public void Numbers_OfTwoCountries_AreTwo() => Assert.False(TaxNumber.Of("1234567894", "RU").IsSameAs(TaxNumber.Of("1234567894", "UA")));

    [Fact]
    public void Number_OfAnUnknownCountry_MayBeTheSame() => Assert.True(TaxNumber.Of("1234567894", null).IsSameAs(TaxNumber.Of("1234567894", "RU")));
}
