using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Sales.Plans;

namespace Portal.Tests.Sales.Leads;

/// <summary>What holds for every lead: its signals, whose it becomes, and by when it is answered.</summary>
public sealed class LeadLaws
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static readonly TeamId[] Teams = [.. Enumerable.Range(0, 3).Select(_ => TeamId.New())];
    private static readonly Guid[] People = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];

    private static readonly Gen<LeadFacts> Facts =
        from open in Gen.Elements(true, true, true, false)
        from age in Gen.Choose(0, 60 * 24)
        from silent in Gen.Choose(0, 60 * 24)
        from talked in Gen.Elements(true, false)
        from step in Gen.Choose(-30 * 24, 30 * 24)
        from interest in Gen.Choose(0, 3)
        from above in Gen.Choose(0, 3)
        from contacts in Gen.Choose(0, 8)
        from price in Gen.Elements(true, false)
        from budget in Gen.Elements(true, false)
        select new LeadFacts(open, Now.AddHours(-age), talked ? Now.AddHours(-Math.Min(silent, age)) : null, Now.AddHours(step), (LeadInterest)interest, (LeadInterest)Math.Min(3, interest + above), contacts, price, budget);

    private static readonly Gen<LeadSeller[]> Sellers =
        from count in Gen.Choose(0, 6)
        from open in Gen.Choose(0, 4).ArrayOf(count)
        from last in Gen.Choose(0, 5).ArrayOf(count)
        from teams in Gen.Choose(0, 7).ArrayOf(count)
        select Enumerable.Range(0, count).Select(i => new LeadSeller(People[i], [.. Teams.Where((_, team) => (teams[i] & 1 << team) != 0)], open[i], last[i] == 0 ? null : Now.AddHours(-last[i]))).ToArray();

    private static readonly Gen<LeadToGive> Given =
        from chosen in Gen.Elements<Guid?>(null, People[0], People[4], Guid.NewGuid())
        from partners in Gen.Elements<Guid?>(null, People[1], People[5], Guid.NewGuid())
        from place in Gen.Elements<string?>(null, "Cluj-Napoca", "г. Одесса", "Jawa Barat", "")
        select new LeadToGive(chosen, partners, place);

    private static readonly TerritoryRule[] Territories = [new("Cluj, Napoca", People[2], null), new("Одесса, Odesa", null, Teams[0]), new("Jawa Barat", null, Teams[1])];

    private static readonly Gen<LeadRoute[]> Orders = Gen.Shuffle(LeadRules.Ways.ToArray()).SelectMany(all => Gen.Choose(0, all.Length).Select(count => all.Take(count).ToArray()));

    [Fact]
    public void Signals_OfAClosedLead_AreNone() =>
        Prop.ForAll(Facts.ToArbitrary(), facts => LeadSignals.Of(facts with { IsOpen = false }, new(), Now).Count == 0).QuickCheckThrowOnFailure();

    [Fact]
    public void Signals_RestOnWhatTheySay() => Prop.ForAll(Facts.ToArbitrary(), facts =>
    {
        var (rules, signs) = (new LeadRules(), LeadSignals.Of(facts, new(), Now));
        var silent = Now - (facts.LastContactAt ?? facts.CreatedAt);
        return !facts.IsOpen || signs.Select(s => s.Signal).Distinct().Count() == signs.Count
            && signs.Any(s => s.Signal == LeadSignal.NoContact) == (silent >= TimeSpan.FromDays(rules.CoolingDays))
            && signs.Any(s => s.Signal == LeadSignal.StepOverdue) == (facts.NextStepAt < Now)
            && signs.Any(s => s.Signal == LeadSignal.InterestLowered) == (facts.Interest < facts.Peak)
            && signs.Where(s => s.Signal == LeadSignal.SeveralContacts).All(s => s.Count == facts.ContactsLately && s.Count >= rules.ReadyContacts);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Signals_AreOnlyAdded_AsTimePassesWithoutATalk() => Prop.ForAll(Facts.ToArbitrary(), Gen.Choose(0, 2_000).ToArbitrary(), (facts, hours) =>
    {
        var later = LeadSignals.Of(facts, new(), Now.AddHours(hours)).Select(s => s.Signal).ToHashSet();
        return LeadSignals.Of(facts, new(), Now).All(s => later.Contains(s.Signal));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hot_IsReady_AndOneOtherHintAloneIsNot() => Prop.ForAll(Facts.ToArbitrary(), facts =>
    {
        var hints = (facts.AskedPrice ? 1 : 0) + (facts.BudgetKnown ? 1 : 0) + (facts.ContactsLately >= 3 ? 1 : 0);
        return !facts.IsOpen || LeadSignals.IsReady(LeadSignals.Of(facts, new(), Now)) == (facts.Interest == LeadInterest.Hot || hints >= 2);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Distribution_GivesToSomebodyWhoMayGetIt_ByTheFirstWayThatLeadsToOne() => Prop.ForAll(Given.ToArbitrary(), Orders.ToArbitrary(), Sellers.ToArbitrary(), (lead, order, sellers) =>
    {
        var given = Choose(lead, order, sellers);
        if (given.Manager is not { } manager) return given.Route == LeadRoute.Nobody && order.All(way => Choose(lead, [way], sellers).Manager is null);
        var earlier = order.TakeWhile(way => way != given.Route);
        return sellers.Any(s => s.User == manager) && order.Contains(given.Route) && earlier.All(way => Choose(lead, [way], sellers).Manager is null);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Distribution_ByLoad_GivesNobodyMoreThanAnotherHasLess() => Prop.ForAll(Sellers.ToArbitrary(), sellers =>
        LeadDistribution.Choose(new(null, null, null), [LeadRoute.Load], [], null, sellers).Manager is { } manager ? sellers.All(s => s.OpenLeads >= sellers.Single(x => x.User == manager).OpenLeads) : sellers.Length == 0).QuickCheckThrowOnFailure();

    [Fact]
    public void Distribution_ByLoad_SharesEvenly() => Prop.ForAll(Gen.Choose(1, 6).ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (count, leads) =>
    {
        var held = People.Take(count).ToDictionary(p => p, _ => (Open: 0, Last: (DateTimeOffset?)null));
        for (var i = 0; i < leads; i++)
        {
            var to = LeadDistribution.Choose(new(null, null, null), [LeadRoute.Load], [], null, [.. held.Select(h => new LeadSeller(h.Key, [], h.Value.Open, h.Value.Last))]).Manager!.Value;
            held[to] = (held[to].Open + 1, Now.AddMinutes(i));
        }
        return held.Values.Max(h => h.Open) - held.Values.Min(h => h.Open) <= 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Distribution_ByTerritory_AsksTheTeamOfThePlace() => Prop.ForAll(Sellers.ToArbitrary(), sellers =>
    {
        var given = LeadDistribution.Choose(new(null, null, "Odesa, str. Lanzheron 3"), LeadRules.Ways, Territories, null, sellers);
        var team = sellers.Where(s => s.Teams.Contains(Teams[0])).ToList();
        return team.Count == 0 ? given.Route is LeadRoute.Load or LeadRoute.Nobody : given.Route == LeadRoute.Territory && team.Any(s => s.User == given.Manager) && given.Words == Territories[1].Words;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("Одесса", "Odesa", false)]
    [InlineData("Jawa Barat", "jalan Merdeka, JAWA  BARAT", true)]
    [InlineData("Jawa Barat", "Jawa Timur", false)]
    [InlineData("Iași, Cluj", "municipiul iasi", true)]
    [InlineData("Київ", "м. КИЇВ", true)]
    [InlineData("Bar", "Barcelona", false)]
    [InlineData(" , ", "anything", false)]
    [InlineData("Cluj", null, false)]
    public void Territory_IsMeant_ByAllItsWords(string words, string? written, bool meant) => Assert.Equal(meant, LeadTerritory.Means(words, written));

    [Fact]
    public void AnswerTime_LiesWithinWorkingHours_AndNeverBeforeTheAppeal() => Prop.ForAll(Gen.Choose(0, 60 * 24 * 365).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(0, 22).ToArbitrary(), (minutes, hours, begin) =>
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Kyiv");
        var rules = new LeadRules(hours, begin, Math.Min(24, begin + 8));
        var came = Now.AddMinutes(minutes);
        var due = AnswerTime.Due(came, rules, new WorkingDays(new Dictionary<DateOnly, bool>()), zone);
        var shown = TimeZoneInfo.ConvertTime(due, zone);
        var hour = shown.TimeOfDay == TimeSpan.Zero ? 24 : shown.TimeOfDay.TotalHours;
        // clocks that are changed within working hours move the end by an hour
        return due >= came.AddHours(1) && hour > rules.WorkFrom - 1 && hour <= rules.WorkUntil + 1;
    }).QuickCheckThrowOnFailure();

    private static LeadGiven Choose(LeadToGive lead, IReadOnlyList<LeadRoute> order, IReadOnlyList<LeadSeller> sellers) => LeadDistribution.Choose(lead, order, Territories, Teams[2], sellers);
}
