using Portal.Domain.Clients;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>A stay of a deal on a stage; who comes back to a stage has another row.</summary>
public sealed class DealStage
{
    private DealStage() { }

    internal DealStage(DealId deal, int seq, StageId stage, int position, DateTimeOffset enteredAt) =>
        (Deal, Seq, Stage, Position, EnteredAt) = (deal, seq, stage, position, enteredAt);

    public DealId Deal { get; private set; }
    /// <summary>From 1, in the order in which the deal went.</summary>
    public int Seq { get; private set; }
    public StageId Stage { get; private set; }
    /// <summary>Place of the stage in its pipeline when the deal came to it.</summary>
    public int Position { get; private set; }
    public DateTimeOffset EnteredAt { get; private set; }
    /// <summary>When the deal moved on or was closed; null while it stands there.</summary>
    public DateTimeOffset? LeftAt { get; private set; }

    internal void Leave(DateTimeOffset at) => LeftAt = at;
}

/// <summary>Somebody of ours who works on a deal beside its manager.</summary>
public sealed class DealMember
{
    private DealMember() { }

    internal DealMember(DealId deal, Guid user, string? part) => (Deal, User, Part) = (deal, user, Required.Optional(part, "deal.part", 80));

    public DealId Deal { get; private set; }
    public Guid User { get; private set; }
    /// <summary>What he does in it, such as "technology".</summary>
    public string? Part { get; private set; }

    internal void Play(string? part) => Part = Required.Optional(part, "deal.part", 80);
}

/// <summary>What came of a competitor's offer.</summary>
public enum CompetitorOutcome { Open, Beaten, Chosen, Withdrew }

/// <summary>Somebody who wants the same deal: a partner of the base, or only a name, with what he offers.</summary>
public sealed class DealCompetitor
{
    private DealCompetitor() { }

    /// <summary>Notes a competitor.</summary>
    /// <param name="name">how he is called where he is no partner of the base</param>
    /// <exception cref="RuleBrokenException">as <see cref="Describe"/></exception>
    public DealCompetitor(Guid id, DealId deal, PartnerId? partner, string? name, decimal? price, string? strengths, CompetitorOutcome outcome)
    {
        (Id, Deal) = (id, deal);
        Describe(partner, name, price, strengths, outcome);
    }

    public Guid Id { get; private set; }
    public DealId Deal { get; private set; }
    public PartnerId? Partner { get; private set; }
    public string? Name { get; private set; }
    /// <summary>What he asks, in the currency of the deal.</summary>
    public decimal? Price { get; private set; }
    public string? Strengths { get; private set; }
    public CompetitorOutcome Outcome { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Says what is known of him now.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>number.out-of-range</c></exception>
    public void Describe(PartnerId? partner, string? name, decimal? price, string? strengths, CompetitorOutcome outcome)
    {
        (Partner, Name) = (partner, partner is null ? Required.Text(name, "competitor.name", 200) : null);
        Price = price is { } asked ? DealMoney.Sum(asked, "competitor.price") : null;
        Strengths = Required.Optional(strengths, "competitor.strengths", 2000);
        Outcome = outcome;
    }
}
