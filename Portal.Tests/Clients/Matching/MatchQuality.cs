using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

/// <summary>What a search for duplicates found, held against the truth on pairs before transitive closure.</summary>
/// <param name="Found">Pairs found.</param>
/// <param name="Right">Of them truly one.</param>
/// <param name="True">Pairs that are truly one.</param>
public sealed record MatchQuality(int Found, int Right, long True)
{
    public double Precision => Found == 0 ? 1 : (double)Right / Found;
    public double Recall => True == 0 ? 1 : (double)Right / True;

    /// <summary>Searches among people of whom <paramref name="entities"/> tells who is who.</summary>
    public static MatchQuality Of(IReadOnlyList<PartyDetails> people, IReadOnlyList<string> entities, double threshold = PartyMatcher.DefaultThreshold)
    {
        var search = new DuplicateSearch([.. people.Select(PartyForm.Of)]);
        int found = 0, right = 0;
        foreach (var pair in search.Find(threshold))
        {
            found++;
            if (entities[pair.A] == entities[pair.B]) right++;
        }
        return new(found, right, entities.GroupBy(entity => entity).Sum(twins => (long)twins.Count() * (twins.Count() - 1) / 2));
    }

    public override string ToString() => $"precision {Precision:0.0000}, recall {Recall:0.0000} ({Right} of {True} true pairs, {Found} found)";
}
