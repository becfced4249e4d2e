using Portal.Domain.Shared;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>Every text the source asks for exists, and no text is kept that nothing asks for.</summary>
public sealed class TextKeyTests
{
    private static readonly HashSet<string> Known = [.. TextFile.All.SelectMany(file => file.Keys)];

    [Fact]
    public void Keys_AskedFor_Exist()
    {
        var asked = TextKeyUse.OfTheProduct().Asked.ToList();

        Assert.NotEmpty(asked);
        Check.None(asked.Except(Known));
    }

    [Fact]
    public void Keys_ThatExist_AreAskedFor()
    {
        var use = TextKeyUse.OfTheProduct();

        Check.None(Known.Where(key => !use.Uses(key) && !NamesAState(key)));
    }

    /// <summary>States have texts named <c>tripState.Assigned</c>: where one value has one, all must.</summary>
    [Fact]
    public void States_WithATextForOneValue_HaveOneForEach()
    {
        var missing =
            from state in States
            let prefix = Prefix(state)
            where Enum.GetNames(state).Any(name => Known.Contains(prefix + name))
            from name in Enum.GetNames(state)
            where !Known.Contains(prefix + name)
            select prefix + name;

        Check.None(missing);
    }

    [Fact]
    public void Check_ReadsEveryWayOfAsking()
    {
        var use = new TextKeyUse();
        use.Read("""
            <p title="@T["board.title"]">@T.Count("board.trips", n)</p> @T["board.late", minutes] @T[$"board.mode.{mode}"]
            throw new RuleBrokenException("dispatch.trip-ended", Number); new NavigationItem("/board", "nav.board")
            """);

        Assert.Equal(["board.late", "board.title", "board.trips", "rule.dispatch.trip-ended"], use.Asked.Order());
        Assert.True(use.Uses("nav.board"));
        Assert.True(use.Uses("board.mode.table"));
        Assert.False(use.Uses("board.forgotten"));
    }

    private static IEnumerable<Type> States => typeof(RuleBrokenException).Assembly.GetExportedTypes().Where(type => type.IsEnum);

    private static bool NamesAState(string key) => States.Any(state => Enum.GetNames(state).Any(name => key == Prefix(state) + name));

    private static string Prefix(Type state) => $"{char.ToLowerInvariant(state.Name[0])}{state.Name[1..]}.";
}
