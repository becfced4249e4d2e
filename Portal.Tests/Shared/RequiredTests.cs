using Portal.Domain.Shared;

namespace Portal.Tests.Shared;

public class RequiredTests
{
    [Theory]
    [InlineData("Ann\u202Enhoj", "Annnhoj")]
    [InlineData("\u2066Ann\u2069 \u200BLee\uFEFF", "Ann Lee")]
    [InlineData("\u202A+000 555 0101\u202C", "+000 555 0101")]
    [InlineData("An\u200Dn", "Ann")]
    public void Text_LeavesOutWhatNobodySees(string given, string kept) => Assert.Equal(kept, Required.Text(given, "trip.caller", 40));

    [Theory]
    [InlineData("Ștefan Țîrdea")]
    [InlineData("Київ, вул. Їжакевича 3")]
    [InlineData("👍 yes")]
    public void Text_KeepsLetters(string given) => Assert.Equal(given, Required.Text(given, "trip.caller", 40));

    [Fact]
    public void Text_OfInvisibleCharactersAlone_IsMissing() =>
        Assert.Equal("text.required", Assert.Throws<RuleBrokenException>(() => Required.Text("\u202E\u200B", "trip.caller", 40)).Code);
}
