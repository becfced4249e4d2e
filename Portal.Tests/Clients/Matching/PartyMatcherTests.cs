using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

public class PartyMatcherTests
{
    private static readonly PartyDetails Olena = new()
    {
        Name = "Олена Вовченко",
        BirthDate = new(1980, 2, 3),
        TaxNumbers = [TaxNumber.Of("2530414071", "UA")],
        Phones = [PhoneNumber.Of("067 555 01 02", "UA")],
        Mails = [MailAddress.Of("olena@example.com")],
        Addresses = [new() { City = "м. Київ", Street = "вул. Садова", House = "д. 12-А", Postcode = "01001" }],
    };

    private static PartyComparison Compare(PartyDetails a, PartyDetails b) => new PartyMatcher().Compare(PartyForm.Of(a), PartyForm.Of(b));

    private static PartyDetails Named(string name) => new() { Name = name };

    [Fact]
    public void Compare_WrittenInLatinWithAnotherPhone_IsAMatchWithReasons()
    {
        var comparison = Compare(Olena, Olena with { Name = "Vovchenko Olena", Phones = [PhoneNumber.Of("+380 44 555 99 99", "UA")], BirthDate = new(1980, 3, 2), TaxNumbers = [] });

        Assert.True(comparison.IsMatch);
        Assert.Equal(MatchAgreement.Similar, comparison[MatchField.Name].Agreement);
        Assert.Equal(MatchAgreement.Similar, comparison[MatchField.BirthDate].Agreement);
        Assert.Equal(MatchAgreement.Different, comparison[MatchField.Phone].Agreement);
        Assert.Equal(MatchAgreement.Same, comparison[MatchField.Mail].Agreement);
        Assert.Equal(MatchAgreement.Unknown, comparison[MatchField.TaxNumber].Agreement);
        Assert.DoesNotContain(comparison.Reasons, reason => reason.Field == MatchField.TaxNumber);
        Assert.All(comparison.Reasons, reason => Assert.Equal(reason.Agreement != MatchAgreement.Different, reason.Bits > 0));
    }

    [Fact]
    public void Compare_WhereOnlyTheTaxNumberAgrees_IsDoubtful() => Assert.Equal((0.5, false), Judged(Compare(Olena, Taras)));

    /// <summary>Companies rename themselves; a number at fault, or one that no rule knows and anybody may write, says less.</summary>
    [Theory]
    [InlineData("00032129", "UA", true)]
    [InlineData("00032120", "UA", false)]
    [InlineData("00032129", null, true)]
    [InlineData("123", null, false)]
    public void Compare_OfUnlikeNamesWithOneTaxNumber_IsDoubtfulWhereTheNumberIsValid(string number, string? country, bool doubtful)
    {
        PartyDetails Called(string name) => Named(name) with { TaxNumbers = [TaxNumber.Of(number, country)] };

        Assert.Equal(doubtful, Compare(Called("Золотий Млин"), Called("Північ Агро Логістика Плюс")).Score >= 0.5);
    }

    /// <summary>Neighbours of like names are for somebody to look at, not to be merged or left out unseen.</summary>
    [Theory]
    [InlineData("Prima Baju SA", "+373 22 555 999", "Radu Munteanu", false)]
    [InlineData("SC Prima-Kifokegi Baju SRL", "+373 22 555 999", "Radu Munteanu", true)]
    [InlineData("Prima Baju SA", "+373 22 555 111", "Radu Munteanu", true)]
    [InlineData("Prima Baju SA", "+373 22 555 999", "Ana Rusu", true)]
    public void Compare_OfLikeNamesInOneHouse_IsSureUnlessPhoneAndPersonAreOthers(string name, string phone, string person, bool sure)
    {
        PartyDetails Neighbour(string called, string reached, string contact) => new()
        {
            Name = called, Phones = [PhoneNumber.Of(reached, "MD")], Contacts = [contact],
            Addresses = [new() { City = "Chișinău", Street = "str. Albișoara", House = "162" }],
        };

        var comparison = Compare(Neighbour("SC Prima-Kifokegi Baju SRL", "+373 22 555 111", "Ana Rusu"), Neighbour(name, phone, person));

        Assert.Equal((sure, true), (comparison.IsMatch, comparison.Score >= 0.5));
    }

    /// <summary>A company and its sister share name, house and person; a number that may be mistyped, or of another country, says nothing of that.</summary>
    [Theory]
    [InlineData("32855961", "UA", "067 555 01 02", false)]
    [InlineData("32855961", "UA", "044 111 22 33", false)]
    [InlineData("32855960", "UA", "067 555 01 02", true)]
    [InlineData("1234567894", "RU", "067 555 01 02", true)]
    [InlineData("00032129", "UA", "044 111 22 33", true)]
    public void Compare_WhereAllButTheTaxNumberAgrees_IsDoubtfulWhereBothNumbersAreValid(string number, string country, string phone, bool sure)
    {
        var mill = Named("Золотий Млин") with { TaxNumbers = [TaxNumber.Of("00032129", "UA")], Phones = Olena.Phones, Mails = Olena.Mails, Addresses = Olena.Addresses, Contacts = ["Ira Lis"] };

        var comparison = Compare(mill, mill with { TaxNumbers = [TaxNumber.Of(number, country)], Phones = [PhoneNumber.Of(phone, "UA")] });

        Assert.Equal((sure, true), (comparison.IsMatch, comparison.Score >= 0.5));
    }

    /// <summary>Of what is surely less than the least nothing is told, of all else the same.</summary>
    [Theory]
    [InlineData("Вовченко Олена", "067 555 01 02", 0.9)]
    [InlineData("Vovchenko O.", "044 111 22 33", 0.5)]
    [InlineData("Тарас Мельник", "044 111 22 33", 0.5)]
    public void Compare_WithALeast_TellsTheSameOrNothing(string name, string phone, double least)
    {
        var other = Olena with { Name = name, Phones = [PhoneNumber.Of(phone, "UA")], TaxNumbers = [], Mails = [], BirthDate = null };
        var whole = Compare(Olena, other);

        var found = new PartyMatcher().Compare(PartyForm.Of(Olena), PartyForm.Of(other), least);

        Assert.Equal(whole.Score >= least ? whole.Score : null, found?.Score);
        Assert.Equal(whole.Score >= least ? whole.Reasons : null, found?.Reasons);
    }

    [Fact]
    public void Compare_OfUnlikeNamesWithOnePhone_IsLessThanDoubtful() =>
        Assert.True(Compare(Named("Золотий Млин") with { Phones = Olena.Phones }, Named("Північ Агро Логістика") with { Phones = Olena.Phones }).Score < 0.5);

    private static readonly PartyDetails Taras = new()
    {
        Name = "Тарас Мельник",
        BirthDate = new(1955, 11, 20),
        TaxNumbers = Olena.TaxNumbers,
        Phones = [PhoneNumber.Of("050 555 77 88", "UA")],
        Addresses = [new() { City = "Львів", Street = "вул. Зелена", House = "5", Postcode = "79000" }],
    };

    private static (double, bool) Judged(PartyComparison comparison) => (comparison.Score, comparison.IsMatch);

    [Fact]
    public void Compare_WhereNothingElseIsKnownThanACommonTown_IsNoMatch() =>
        Assert.False(Compare(Named("Калина") with { Addresses = [new() { City = "Київ" }] }, Named("Калина") with { Addresses = [new() { City = "Kyiv" }] }).IsMatch);

    [Fact]
    public void Compare_OfOneCompanyUnderTwoLegalForms_IsAMatch() => Assert.True(Compare(
        Named("ТОВ «Сонячний Млин»") with { Phones = Olena.Phones },
        Named("Soniachnyi Mlyn LLC") with { Phones = Olena.Phones }).IsMatch);

    [Fact]
    public void Compare_OfTwoValidTaxNumbersADigitApart_DoesNotTakeThemForATypingError()
    {
        var valid = Compare(Olena with { TaxNumbers = [TaxNumber.Of("1234567894", "RU")] }, Olena with { TaxNumbers = [TaxNumber.Of("1243567898", "RU")] });
        var mistyped = Compare(Olena with { TaxNumbers = [TaxNumber.Of("1234567894", "RU")] }, Olena with { TaxNumbers = [TaxNumber.Of("1234567884", "RU")] });

        Assert.Equal(MatchAgreement.Different, valid[MatchField.TaxNumber].Agreement);
        Assert.Equal(MatchAgreement.Similar, mistyped[MatchField.TaxNumber].Agreement);
    }

    [Fact]
    public void Compare_OfTwoBranchesOfATaxpayer_WeighsLessThanOfOne()
    {
        PartyDetails Branch(string code) => Olena with { TaxNumbers = [TaxNumber.Of($"1234567894/{code}", "RU")] };
        double Bits(string a, string b) => Compare(Branch(a), Branch(b))[MatchField.TaxNumber].Bits;

        Assert.True(Bits("773601001", "500301001") is > 0 and var branches && branches < Bits("773601001", "773601001"));
    }

    [Fact]
    public void Compare_OfTownsOfOneNameInTwoCountries_Disagrees()
    {
        static PartyDetails In(string country) => Named("Калина") with { Addresses = [new() { Country = country, City = "Kirov", Postcode = "610000" }] };

        Assert.Equal(MatchAgreement.Different, Compare(In("RU"), In("UA"))[MatchField.City].Agreement);
        Assert.Equal(MatchAgreement.Unknown, Compare(In("RU"), In("UA"))[MatchField.Postcode].Agreement);
    }

    [Fact]
    public void Compare_ByAnyOfSeveralNames_TakesTheBest() =>
        Assert.Equal(MatchAgreement.Same, Compare(Named("Група Світанок") with { OtherNames = ["ПП Хутір"] }, Named("Хутір"))[MatchField.Name].Agreement);

    [Fact]
    public void Compare_WithFrequencies_WeighsARareNameMore()
    {
        var all = Enumerable.Range(0, 3000).Select(i => PartyForm.Of(Named(i % 2 == 0 ? "Иванов" : $"Фамилия{i}"))).Append(PartyForm.Of(Named("Цимбаларь"))).ToList();
        var matcher = new PartyMatcher(TermFrequencies.Of(all));
        double Bits(string name) => matcher.Compare(PartyForm.Of(Named(name)), PartyForm.Of(Named(name)))[MatchField.Name].Bits;

        Assert.True(Bits("Цимбаларь") > Bits("Иванов") + 4);
    }

    /// <summary>A space more or less leaves no two words in common.</summary>
    [Theory]
    [InlineData("ООО Альфа Металл Про")]
    [InlineData("OOO Alfa Metall Pro")]
    [InlineData("ООО АльфаМеталл Про")]
    [InlineData("Альфа МеталлПро")]
    public void Candidates_OfACompoundNameWrittenApart_AreComparedAndDoubtful(string typed)
    {
        PartyForm kept = PartyForm.Of(Named("АО «АльфаМеталл Про»")), entered = PartyForm.Of(Named(typed));

        Assert.Equal([(0, 1)], new CandidatePairs([kept.BlockingKeys, entered.BlockingKeys]).All());
        Assert.InRange(new PartyMatcher().Compare(kept, entered).Score, 0.5, 0.9);
    }

    [Fact]
    public void Candidates_OfAnOversizedBlock_AreCountedNotLost()
    {
        var namesakes = Enumerable.Range(0, 12).Select(_ => PartyForm.Of(Named("Иван Иванов")).BlockingKeys).ToList();

        var candidates = new CandidatePairs(namesakes, mostInBlock: 10);

        Assert.Empty(candidates.All());
        Assert.Equal((3, 198), (candidates.SkippedBlocks, candidates.SkippedPairs));
        Assert.Equal((1, 1), (candidates.SkippedByPass[BlockingPass.TwoNameWords], candidates.SkippedByPass[BlockingPass.WholeName]));
    }

    [Fact]
    public void Candidates_SharingAnotherKeyBesideASkippedOne_AreCompared()
    {
        var namesakes = Enumerable.Range(0, 12).Select(i => PartyForm.Of(Named("Иван Иванов") with { Phones = i < 2 ? Olena.Phones : [] }).BlockingKeys).ToList();

        Assert.Equal([(0, 1)], new CandidatePairs(namesakes, mostInBlock: 10).All());
    }
}
