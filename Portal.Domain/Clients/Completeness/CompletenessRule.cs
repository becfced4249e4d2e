using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;

namespace Portal.Domain.Clients.Completeness;

/// <summary>Id of a <see cref="CompletenessRule"/>.</summary>
public readonly record struct CompletenessRuleId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static CompletenessRuleId New() => new(Guid.CreateVersion7());
}

/// <summary>Which fields of a client should be filled, and how much each weighs: for the clients of a segment, or for all.</summary>
public sealed class CompletenessRule
{
    /// <summary>Weight of a field at most.</summary>
    public const int Heaviest = 10;

    /// <summary>What counts until somebody says otherwise.</summary>
    public static readonly IReadOnlyDictionary<string, int> Usual = new Dictionary<string, int>
    {
        ["has-responsible"] = 3, ["has-contact"] = 3, ["has-phone"] = 2, ["has-mail"] = 2, ["has-address"] = 2, ["has-tax-number"] = 2, ["has-map-point"] = 1, ["has-website"] = 1, ["has-agreement"] = 1,
    };

    private CompletenessRule() { }

    /// <summary>Makes a rule.</summary>
    /// <param name="segment">whose clients it measures; null for all</param>
    public CompletenessRule(CompletenessRuleId id, SegmentId? segment, IReadOnlyDictionary<string, int> weights)
    {
        (Id, Segment) = (id, segment);
        Weigh(weights);
    }

    public CompletenessRuleId Id { get; private set; }
    public SegmentId? Segment { get; private set; }
    /// <summary>Code of a field → its weight, 1 to <see cref="Heaviest"/>; fields that are not here do not count.</summary>
    public Dictionary<string, int> Weights { get; private set; } = [];
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets the weights; 0 leaves a field out. Whoever calls has seen that the fields exist.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>clients.rule-empty</c></exception>
    public void Weigh(IReadOnlyDictionary<string, int> weights)
    {
        foreach (var (_, weight) in weights) Required.Number(weight, "completeness.weight", 0, Heaviest);
        Weights = weights.Where(w => w.Value > 0).ToDictionary();
        if (Weights.Count == 0) throw new RuleBrokenException("clients.rule-empty");
    }
}
