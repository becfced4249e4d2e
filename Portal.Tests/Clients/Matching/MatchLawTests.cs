using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

/// <summary>What holds for any party, however odd its text.</summary>
public class MatchLawTests
{
    private static readonly Gen<string> Words = Gen.OneOf(
        Gen.Elements("ООО Ромашка", "Іваненко Олена", "Olena Ivanenko", "Șerban & Fiii SRL", "PT Bunga", "12", "а а", "aa a", "Сс", "A.B. C", "q'q", "ё-ё", "Ǿre", "ѐж", "tel 067 555 0102x", "0067 1", "İzmir ſ", "𝔸𝔹", "ﬁn", "half \uD835", "Σ\u0301", "Iva", "Ivan Iva"),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get));

    private static readonly Gen<PartyDetails> Parties =
        from name in Words
        from other in Words
        from day in Gen.Choose(0, 40_000)
        from number in Gen.Choose(10_000_000, 10_000_020)
        from phone in Gen.Choose(2_000_000, 2_000_005)
        from city in Words
        from street in Words
        from house in Gen.Elements("1", "12", "12a", "12/3", "")
        from has in Gen.Choose(0, 63)
        select new PartyDetails
        {
            Name = name,
            OtherNames = (has & 1) > 0 ? [other] : [],
            BirthDate = (has & 2) > 0 ? DateOnly.FromDayNumber(700_000 + day) : null,
            TaxNumbers = (has & 4) > 0 ? [TaxNumber.Of(number.ToString(), null)] : [],
            Phones = (has & 8) > 0 ? [PhoneNumber.Of($"+38044{phone}", null)] : [],
            Mails = (has & 16) > 0 ? [MailAddress.Of($"{phone}@example.com")] : [],
            Addresses = (has & 32) > 0 ? [new() { City = city, Street = street, House = house }] : [],
        };

    private static readonly Arbitrary<(PartyForm A, PartyForm B)> Pairs = Parties.Two().Select(pair => (PartyForm.Of(pair.Item1), PartyForm.Of(pair.Item2))).ToArbitrary();

    [Fact]
    public void Score_IsSymmetricAndAProbability() => Prop.ForAll(Pairs, pair =>
    {
        var matcher = new PartyMatcher(TermFrequencies.Of([pair.A, pair.B]));
        PartyComparison there = matcher.Compare(pair.A, pair.B), back = matcher.Compare(pair.B, pair.A);

        return Math.Abs(there.Bits - back.Bits) < 1e-9 && there.Score == back.Score && there.Score is >= 0 and <= 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Comparison_WithALeast_TellsTheSameOrNothing() => Prop.ForAll(Pairs, pair =>
    {
        var matcher = new PartyMatcher(TermFrequencies.Of([pair.A, pair.B]));
        var whole = matcher.Compare(pair.A, pair.B);

        return new[] { 0, 0.5, PartyMatcher.DefaultThreshold }.All(least => matcher.Compare(pair.A, pair.B, least)?.Bits == (whole.Score >= least ? whole.Bits : null));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Party_WithIdentifiers_IsItself() => Prop.ForAll(Parties.ToArbitrary(), details =>
    {
        var party = PartyForm.Of(details with { Name = "Олена Вовченко", BirthDate = new(1980, 2, 3), TaxNumbers = [TaxNumber.Of("2530414071", "UA")] });

        return new PartyMatcher().Compare(party, party).Score == 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Blocking_FindsIdenticalRecords() => Prop.ForAll(Parties.ToArbitrary(), details =>
    {
        PartyForm one = PartyForm.Of(details), other = PartyForm.Of(details with { });

        return one.BlockingKeys.Length == 0 ? !new CandidatePairs([one.BlockingKeys, other.BlockingKeys]).All().Any() : new CandidatePairs([one.BlockingKeys, other.BlockingKeys]).All().Single() == (0, 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Keys_AreAscendingAndOfTheValuesAlone() => Prop.ForAll(Parties.ToArbitrary(), details =>
    {
        var keys = PartyForm.Of(details).BlockingKeys;

        return keys.SequenceEqual(keys.Order().Distinct()) && keys.SequenceEqual(PartyForm.Of(details with { }).BlockingKeys) && keys.All(key => Enum.IsDefined(BlockingKeys.PassOf(key)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void NormalForms_OfNormalForms_AreThemselves() => Prop.ForAll(Words.ToArbitrary(), text =>
    {
        Stays(text, name => NameForm.Of(name).Text);
        Stays(text, words => string.Join(' ', TextFold.Words(words)));
        Stays(text, phone => PhoneNumber.Of(phone, "UA").Normal);
        Stays(text, number => TaxNumber.Of(number, "RO").Normal);
        Stays(text, mail => MailAddress.Of(mail).Normal);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Similarity_IsSymmetricAndOneForEqualNames() => Prop.ForAll(Words.Two().ToArbitrary(), pair =>
    {
        NameForm a = NameForm.Of(pair.Item1), b = NameForm.Of(pair.Item2);

        return Math.Abs(NameSimilarity.Of(a, b) - NameSimilarity.Of(b, a)) < 1e-9 && NameSimilarity.Of(a, b) is >= 0 and <= 1 && (a.IsEmpty || NameSimilarity.Of(a, a) == 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Distance_IsSymmetricAndZeroForEqualTexts() => Prop.ForAll(Gen.Elements("", "a", "ab", "ba", "abc", "acb", "kitten", "sitting", "abcdefgh", "abcdfegh").Two().ToArbitrary(), pair =>
        EditDistance.Similarity(pair.Item1, pair.Item2) == EditDistance.Similarity(pair.Item2, pair.Item1) && (EditDistance.Similarity(pair.Item1, pair.Item2) == 1) == (pair.Item1 == pair.Item2))
        .QuickCheckThrowOnFailure();

    private static void Stays(string text, Func<string, string> normal) => Assert.Equal(normal(text), normal(normal(text)));
}
