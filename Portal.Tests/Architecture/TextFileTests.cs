using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>Every text stands in all five languages.</summary>
public sealed class TextFileTests
{
    [Fact]
    public void Texts_AreWholeInEveryLanguage()
    {
        Assert.NotEmpty(TextFile.All);
        Check.None(TextFile.All.SelectMany(file => file.Problems()));
    }

    [Fact]
    public void Keys_StandOnce() =>
        Check.None(TextFile.All.SelectMany(file => file.Keys).GroupBy(key => key).Where(twins => twins.Count() > 1).Select(twins => twins.Key));

    [Theory]
    [InlineData("board.wait\tWaiting\tЖдёт\tЧекає\tAșteaptă", "4 languages")]
    [InlineData("board.wait\tWaiting\t\tЧекає\tAșteaptă\tMenunggu", "no text in ru")]
    [InlineData("board.wait\tWaits {0}\tЖдёт {0}\tЧекає\tAșteaptă {0}\tMenunggu {0}", "other places in uk")]
    [InlineData("board.trips\t{0} trip|{0} trips\t{0} рейс|{0} рейса\t{0} рейс|{0} рейси|{0} рейсів\t{0} cursă|{0} curse|{0} de curse\t{0} trip", "2 plural forms in ru")]
    [InlineData("board.trips\t{0} trip|{0} trips\t{0} рейс|{0} рейса|{0} рейсов\t{0} рейс|{0} рейси|{0} рейсів\t{0} cursă|{0} curse|{0} de curse\t{0} trip|{0} trip", "2 plural forms in id")]
    [InlineData("board.wait\tWaiting \tЖдёт\tЧекає\tAșteaptă\tMenunggu", "spaces around")]
    [InlineData("Waiting\tWaiting\tЖдёт\tЧекає\tAșteaptă\tMenunggu", "is no key")]
    public void Check_FindsABrokenRow(string row, string problem)
    {
        var file = new TextFile("planted", ["key\ten\tru\tuk\tro\tid", row]);

        Assert.Contains(file.Problems(), found => found.Contains(problem));
    }

    [Fact]
    public void Check_AcceptsAWholeRow()
    {
        var file = new TextFile("planted",
        [
            "key\ten\tru\tuk\tro\tid",
            "board.trips\t{0} trip|{0} trips\t{0} рейс|{0} рейса|{0} рейсов\t{0} рейс|{0} рейси|{0} рейсів\t{0} cursă|{0} curse|{0} de curse\t{0} perjalanan"
        ]);

        Assert.Empty(file.Problems());
    }
}
