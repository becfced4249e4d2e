using Portal.Domain.Clients.Matching;
using Portal.Tests.Support;
using Xunit.Abstractions;

namespace Portal.Tests.Clients.Matching;

public sealed class TransliterationTests(ITestOutputHelper output)
{
    /// <summary>German writes "ц" as "z" and "х" as "ch", which are others' "з" and "ч": what is left of such a word still weighs nearly all.</summary>
    private const double Alike = 0.9;

    /// <summary>Latin name against the Cyrillic ones of every town; towns of one name are not held against one another, nobody tells them apart by it.</summary>
    [SharedDataFact(TownNames.Path)]
    public async Task Towns_OfUkraineAndRussia_AreFoundByTheirLatinNames()
    {
        var towns = await TownNames.OfAsync("UA", "RU");
        Assert.True(towns.Count > 1000);
        int right = 0, wrong = 0;
        foreach (var town in towns)
            foreach (var other in towns)
            {
                if (town.SimilarityTo(other) < NameSimilarity.SameName) continue;
                if (ReferenceEquals(town, other)) right++;
                else if (!town.IsNamesake(other)) wrong++;
            }

        var recall = (double)right / towns.Count;
        var precision = (double)right / (right + wrong);

        output.WriteLine($"precision {precision:0.0000}, recall {recall:0.0000} of {towns.Count} towns");
        Assert.True(recall >= 0.9 && precision >= 0.98, $"precision {precision:0.0000}, recall {recall:0.0000}");
    }

    public static TheoryData<string> UkrainianNames => [.. new[]
    {
        "Ярослав Щербенко", "Юрій Цимбалюк", "Євгенія Хмельницька", "Жанна Ковальчук", "Їжакевич", "Григорій Чорновіл", "Зоряна П'ятак", "Мар'яна Довгань",
    }];

    public static TheoryData<string> RussianNames => [.. new[]
    {
        "Фёдор Щёголев", "Юлия Цветаева", "Жанна Объедкова", "Ксения Рыжикова", "Эдуард Бочков", "Илья Чайковский", "Зинаида Вышинская", "Евгений Гайдай",
    }];

    [Theory]
    [MemberData(nameof(UkrainianNames))]
    public void Name_InUkrainian_MatchesItsTransliterations(string name) => Check.None(Unlike(name, Romanization.Ukrainian));

    [Theory]
    [MemberData(nameof(RussianNames))]
    public void Name_InRussian_MatchesItsTransliterations(string name) => Check.None(Unlike(name, Romanization.Russian));

    [Theory]
    [InlineData("Târgoviște", "Tîrgovişte")]
    [InlineData("Ștefan Țîrdea", "Stefan Tirdea")]
    [InlineData("Sukarno", "Soekarno")]
    [InlineData("Cokro Joyo", "Tjokro Djojo")]
    [InlineData("Joko Susilo", "Djoko Soesilo")]
    [InlineData("Müller & Söhne", "Muller Sohne")]
    [InlineData("Ивaнoв", "Иванов")]
    [InlineData("Згурський", "Zghurskyi")]
    [InlineData("Хохлов", "Khokhlov")]
    [InlineData("Хохлов", "Chochlow")]
    [InlineData("Александр", "Alexandr")]
    public void Name_InAnotherSpelling_IsTheSame(string name, string other) => Assert.True(NameSimilarity.Of(NameForm.Of(name), NameForm.Of(other)) >= Alike);

    [Theory]
    [InlineData("Іваненко", "Petrenko")]
    [InlineData("Київ", "Харків")]
    [InlineData("Магазин 12", "Магазин 13")]
    [InlineData("Diana", "Jana")]
    [InlineData("Яна", "Anna")]
    [InlineData("Joko", "Eko")]
    public void Name_OfAnother_IsAnother(string name, string other) => Assert.True(NameSimilarity.Of(NameForm.Of(name), NameForm.Of(other)) < NameSimilarity.SameName);

    private static IEnumerable<string> Unlike(string name, IEnumerable<Romanization> systems) =>
        from system in systems
        let latin = system.Of(name)
        let similarity = NameSimilarity.Of(NameForm.Of(name), NameForm.Of(latin))
        where similarity < Alike
        select $"{system.Name}: {name} ~ {latin} = {similarity:0.00}";
}
