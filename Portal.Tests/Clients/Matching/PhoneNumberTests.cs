using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

public class PhoneNumberTests
{
    [Theory]
    [InlineData("RU", "8 (903) 555-01-02", "+79035550102")]
    [InlineData("RU", "+7 903 555 01 02", "+79035550102")]
    [InlineData("RU", "9035550102", "+79035550102")]
    [InlineData("UA", "(067) 555-01-02", "+380675550102")]
    [InlineData("UA", "380675550102", "+380675550102")]
    [InlineData("UA", "0038 067 555 01 02", "+380675550102")]
    [InlineData("RO", "0721 555 010", "+40721555010")]
    [InlineData("RO", "+40 (0)21 555 0102", "+40215550102")]
    [InlineData("MD", "069 555 010", "+37369555010")]
    [InlineData("ID", "0812-5550-1022", "+6281255501022")]
    [InlineData("ID", "62 812 5550 1022", "+6281255501022")]
    [InlineData("UA", "+44 20 7946 0958", "+442079460958")]
    [InlineData(null, "555 01 02", "5550102")]
    public void Number_InAnyFormat_IsE164(string? country, string entered, string normal)
    {
        var phone = PhoneNumber.Of(entered, country);

        Assert.Equal((entered, normal, null), (phone.Entered, phone.Normal, phone.Fault));
    }

    [Theory]
    [InlineData("RU", "555-01-02", "phone.too-short")]
    [InlineData("RU", "+7 903 555 01 02 03", "phone.too-long")]
    [InlineData("UA", "0675550O02", "phone.letters")]
    [InlineData(null, "12", "phone.too-short")]
    [InlineData(null, "+12345678901234567", "phone.too-long")]
    public void Number_ThatCannotBe_SaysWhy(string? country, string entered, string fault) => Assert.Equal(fault, PhoneNumber.Of(entered, country).Fault);

    [Theory]
    [InlineData("044 555 01 02 доб. 17", "17")]
    [InlineData("044 555 01 02 ext 204", "204")]
    [InlineData("044 555 01 02 #5", "5")]
    public void Extension_IsKeptApart(string entered, string extension)
    {
        var phone = PhoneNumber.Of(entered, "UA");

        Assert.Equal(("+380445550102", extension, null), (phone.Normal, phone.Extension, phone.Fault));
    }

    [Theory]
    [InlineData("8 (903) 555-01-02", "9035550102")]
    [InlineData("+7 903 555", "7903555")]
    [InlineData("067 555-01", "67555 01")]
    [InlineData("00380 67 555 01 02", "675550102")]
    [InlineData("810 380 67 555 01 02", "675550102")]
    [InlineData("+38 (067) 555-01-02", "675550102")]
    [InlineData("38067 5550102", "675550102")]
    [InlineData("+7 495 123 45 67", "4951234567")]
    [InlineData("7 495 123 45 67", "4951234567")]
    [InlineData("+1 700 555 01 47", "17005550147")]
    [InlineData("5501", "5501")]
    public void Search_InAnyFormat_LooksForDigits(string typed, string digits) => Assert.Equal(digits.Replace(" ", ""), PhoneNumber.SearchDigits(typed));

    [Theory]
    [InlineData("Ромашка 2024")]
    [InlineData("12")]
    [InlineData("")]
    public void Search_ForSomethingElse_IsNoPhone(string typed) => Assert.Null(PhoneNumber.SearchDigits(typed));

    [Fact]
    public void Number_WithoutItsCountry_IsTheSame() => Assert.True(PhoneNumber.Of("067 555 01 02", null).IsSameAs(PhoneNumber.Of("+380 67 555 01 02", null)));

    [Theory]
    [InlineData("(044) 123-45-67", "UA", "tel:+380441234567")]
    [InlineData("+380 44 123-45-67 доб. 12", "UA", "tel:+380441234567;ext=12")]
    [InlineData("8 (495) 123-45-67", "RU", "tel:+74951234567")]
    [InlineData("044 123 45 67", null, "tel:0441234567")]
    public void Link_DialsTheNormalForm(string entered, string? country, string link) => Assert.Equal(link, PhoneNumber.Of(entered, country).Link);
}
