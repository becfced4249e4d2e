using System.Globalization;
using Portal.Domain.Shared;
using Portal.Web.Shared;

namespace Portal.Tests.Identity;

public sealed class ActorNamesTests
{
    private static readonly Texts Words = new(new TextCatalog(typeof(Texts).Assembly), LocalTime.For(Actor.System("test"), TimeProvider.System));

    /// <summary>What the product did by itself bears no English name in another language; people keep theirs.</summary>
    [Theory]
    [InlineData("simulation", "симуляция")]
    [InlineData("Ada Reed · re-enactment", "Ada Reed · повтор прошлого")]
    [InlineData("Simulated colleague", "условный коллега")]
    [InlineData("Ada Reed", "Ada Reed")]
    public void Show_OfTheProductsOwnWork_IsInTheReadersLanguage(string name, string shown) => Assert.Equal(shown, InRussian(() => ActorNames.Show(name, Words)));

    [Theory]
    [InlineData("job", "в фоне")]
    [InlineData("command line", "командная строка")]
    [InlineData("10.0.0.5", "10.0.0.5")]
    public void Origin_ThatIsNoAddress_IsInTheReadersLanguage(string origin, string shown) => Assert.Equal(shown, InRussian(() => ActorNames.Origin(origin, Words)));

    private static string InRussian(Func<string> said)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ru");
            return said();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
