using System.Globalization;
using Portal.Domain.Shared;
using Portal.Web.Pricing;
using Portal.Web.Sales.Plans;
using Portal.Web.Shared;

namespace Portal.Tests.Shared;

/// <summary>Numbers as they are typed in every language, in prices, offers and plans alike.</summary>
public sealed class TypedNumberTests
{
    [Theory]
    [InlineData("en", "1.234", "1.234")]
    [InlineData("en", "1,234", "1234")]
    [InlineData("en", "1,234,567.5", "1234567.5")]
    [InlineData("en", "1,5", "1.5")]
    [InlineData("ro", "1.234", "1234")]
    [InlineData("ro", "1.234,5", "1234.5")]
    [InlineData("ro", "1.5", "1.5")]
    [InlineData("ro", "0.125", "0.125")]
    [InlineData("id", "1.234", "1234")]
    [InlineData("id", "12.345.678", "12345678")]
    [InlineData("ru", "1.234", "1.234")]
    [InlineData("ru", "1 234,50", "1234.50")]
    [InlineData("uk", "1\u00A0234,5", "1234.5")]
    [InlineData("en", "1'234.5", "1234.5")]
    [InlineData("en", "-12,5 %", "-12.5")]
    [InlineData("en", "1.234.5", null)]
    [InlineData("en", "12,34,5", null)]
    [InlineData("ro", "1,234.5", "1234.5")]
    [InlineData("en", "1.2,3", null)]
    [InlineData("en", "=1+1", null)]
    [InlineData("en", "1e5", null)]
    [InlineData("en", "", null)]
    public void Read_GoesByTheCultureWhereASignCouldMeanBoth(string culture, string typed, string? read)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new(culture);
        try
        {
            decimal? expected = read is null ? null : decimal.Parse(read, CultureInfo.InvariantCulture);
            Assert.Equal(expected, TypedNumber.Read(typed));
            if (expected is not { } number || typed.Length == 0) return;
            Assert.Equal((number, number), (PriceText.Read(typed, "price.price"), PlanNumber.Read(typed)));
            Assert.Equal(number, TypedNumber.Read(TypedNumber.Boxed(number)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("999999999999999999999999999999", "number.out-of-range")]
    [InlineData("twelve", "pricing.not-a-number")]
    public void Price_ThatIsNone_OrTooLong_IsRefusedInWords(string typed, string code) =>
        Assert.Equal(code, Assert.Throws<RuleBrokenException>(() => PriceText.Read(typed, "price.price")).Code);
}
