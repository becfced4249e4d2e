using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

public class KeyboardLayoutTests
{
    [Theory]
    [InlineData("ghbdtn", "привет")]
    [InlineData("Jktyf", "Олена")]
    [InlineData("rb]d", "київ")]
    [InlineData("'dhjgf", "європа")]
    [InlineData("руддщ", "hello")]
    [InlineData("іщтн", "sony")]
    [InlineData("ющш 12", ".oi 12")]
    public void Text_TypedInAnotherLayout_IsRead(string typed, string meant) => Assert.Contains(meant, KeyboardLayout.Readings(typed));

    [Theory]
    [InlineData("123 45")]
    [InlineData("")]
    [InlineData("Привет hello")]
    public void Text_ThatNoLayoutExplains_HasNoReading(string typed) => Assert.Empty(KeyboardLayout.Readings(typed));

    [Fact]
    public void Letter_ThatALayoutLacks_LeavesNoHalfReadWord() => Assert.Equal(["sd"], KeyboardLayout.Readings("ів"));
}
