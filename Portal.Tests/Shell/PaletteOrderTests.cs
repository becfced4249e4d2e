using Portal.Web.Shell;

namespace Portal.Tests.Shell;

/// <summary>What Enter runs in the command palette is what was typed, not what was guessed.</summary>
public sealed class PaletteOrderTests
{
    private static readonly string[] Commands = ["Board", "Deals", "New deal", "Offers"];

    private static IEnumerable<string> Listed(string text, params string[] found) => PaletteOrder.Of(text, Commands, found, hit => hit, hit => hit);

    [Fact]
    public void Command_ThatBeginsWithTheText_StandsFirst_AndAGuessLast()
    {
        Assert.Equal(["Deals", "Ideal Works", "New deal", "Dale Ltd"], Listed("deal", "Dale Ltd", "Ideal Works"));
        Assert.Equal(["Board", "Borda"], Listed("boa", "Borda"));
    }

    [Fact]
    public void Hit_ThatHoldsTheText_StandsBeforeCommandsThatHoldItElsewhere_InTheSearchsOrder() =>
        Assert.Equal(["Fern Hall", "Ferns", "Offers"], Listed("fer", "Fern Hall", "Ferns"));

    [Fact]
    public void Nothing_Typed_ListsTheCommands() => Assert.Equal(Commands, Listed(" "));
}
