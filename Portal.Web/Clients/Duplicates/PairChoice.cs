using Portal.Infrastructure.Clients.Duplicates;

namespace Portal.Web.Clients.Duplicates;

/// <summary>What somebody chooses about a pair that is open before him: who stays, which values, which parts are the same.</summary>
internal sealed class PairChoice
{
    private readonly FoundPairPage page;
    private readonly Dictionary<string, object?> taken = [];
    private readonly HashSet<SamePart> apart = [];

    /// <summary>The usual choice for a pair.</summary>
    public PairChoice(FoundPairPage page)
    {
        this.page = page;
        Survivor = page.Suggested;
        foreach (var field in page.Fields) Take(field.Name, Usual(field));
    }

    /// <summary>The same choice for the pair as it stands now.</summary>
    public PairChoice Again(FoundPairPage now)
    {
        var again = new PairChoice(now) { Survivor = Survivor };
        foreach (var field in now.Fields.Where(f => taken.ContainsKey(f.Name))) again.Take(field.Name, Of(field.Name));
        again.apart.UnionWith(apart);
        return again;
    }

    /// <summary>The side that stays.</summary>
    public Guid Survivor { get; private set; }

    /// <summary>True where the first side stays.</summary>
    public bool OneStays => Survivor == page.Row.One.Id;

    /// <summary>Lets the other side stay; what was chosen by hand stays chosen.</summary>
    public void Stay(Guid side)
    {
        if (Survivor == side) return;
        var byHand = page.Fields.Where(f => Of(f.Name) != Usual(f)).Select(f => (f.Name, Of(f.Name))).ToList();
        Survivor = side;
        foreach (var field in page.Fields) Take(field.Name, Usual(field));
        foreach (var (name, side2) in byHand) Take(name, side2);
    }

    /// <summary>Whose value of a field is taken: true the first side's, false the other's, null both.</summary>
    public bool? Of(string field) => (bool?)taken[field];

    /// <summary>Takes a value.</summary>
    public void Take(string field, bool? one) => taken[field] = one;

    /// <summary>True where two parts become one.</summary>
    public bool Joins(SamePart same) => !apart.Contains(same);

    /// <summary>Says whether two parts become one.</summary>
    public void Join(SamePart same, bool yes)
    {
        if (yes) apart.Remove(same);
        else apart.Add(same);
    }

    /// <summary>The order to the merge.</summary>
    public MergeOrder Order() => new(page.Row.Id, Survivor,
        page.Fields.ToDictionary(f => f.Name, f => Of(f.Name) is not { } one ? MergeSide.Both : one == OneStays ? MergeSide.Survivor : MergeSide.Loser),
        [.. Turned(page, Survivor).Where((_, at) => Joins(page.Same[at]))]);

    /// <summary>The parts that are the same, seen from the side that stays.</summary>
    public static IReadOnlyList<SamePart> Turned(FoundPairPage page, Guid survivor) =>
        survivor == page.Row.One.Id ? page.Same : [.. page.Same.Select(s => new SamePart(s.Kind, s.Fold, s.Keep))];

    private bool? Usual(PairField field)
    {
        var (ours, theirs) = OneStays ? (field.One, field.Other) : (field.Other, field.One);
        return MergeFields.Usual(field.Name, ours, theirs) switch { MergeSide.Both => null, MergeSide.Survivor => OneStays, _ => !OneStays };
    }
}
