using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>Whether a deal is still to be decided, and how it was.</summary>
public enum DealState { Open, Won, Lost }

/// <summary>The expected result of talks with a client: what it is worth, who works for it, and on which stage of a pipeline it stands.</summary>
public sealed class Deal : ISearchable
{
    /// <summary>People in one deal at most, its manager among them.</summary>
    public const int MostPeople = 50;

    private readonly List<DealStage> stages = [];
    private readonly List<DealMember> members = [];

    private Deal() { }

    /// <summary>Opens a deal on a stage.</summary>
    /// <param name="number">taken from the sequence of deals</param>
    /// <param name="source">where its client came from: fixed at the first contact</param>
    /// <param name="openedOn">the company's day</param>
    /// <param name="now">when it came to the stage</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public Deal(DealId id, long number, string title, Stage stage, LeadSourceId? source, DateOnly openedOn, DateTimeOffset now)
    {
        (Id, Number, Source, OpenedOn, CreatedAt) = (id, number, source, openedOn, now);
        (Currency, Rate) = ("", 1);
        Describe(title, null, null);
        Enter(stage, now);
    }

    public DealId Id { get; private set; }
    public long Number { get; private set; }
    public string Title { get; private set; } = "";
    /// <summary>Null where the client is not known yet.</summary>
    public PartnerId? Partner { get; private set; }
    /// <summary>Whom we talk to at the client.</summary>
    public PersonId? Contact { get; private set; }
    public PipelineId Pipeline { get; private set; }
    /// <summary>Where it stands, or stood when it was closed.</summary>
    public StageId Stage { get; private set; }
    /// <summary>Since when it stands there.</summary>
    public DateTimeOffset StageSince { get; private set; }
    public DealState State { get; private set; }
    /// <summary>What the client would pay, in <see cref="Currency"/>.</summary>
    public decimal Amount { get; private set; }
    /// <summary>ISO 4217.</summary>
    public string Currency { get; private set; } = "";
    /// <summary>Worth of one unit of <see cref="Currency"/> in the company's own.</summary>
    public decimal Rate { get; private set; }
    /// <summary><see cref="Amount"/> in the company's currency: figures across deals add this.</summary>
    public decimal AmountBase { get; private set; }
    /// <summary>Margin as it was planned, in the company's currency.</summary>
    public decimal? PlannedMargin { get; private set; }
    /// <summary>Margin as it has turned out so far, in the company's currency.</summary>
    public decimal? MarginSoFar { get; private set; }
    /// <summary>Chance of winning, percent: the stage's, unless somebody knows better.</summary>
    public decimal Probability { get; private set; }
    /// <summary>True where somebody knows better than the stage.</summary>
    public bool ProbabilitySet { get; private set; }
    /// <summary>Our user who answers for it.</summary>
    public Guid? Manager { get; private set; }
    /// <summary>Manager and members: whose deal it is in lists of one's own work.</summary>
    public Guid[] People { get; private set; } = [];
    /// <summary>Our branch that works on it; null where all do.</summary>
    public BranchId? Branch { get; private set; }
    /// <summary>Where the client came from, fixed at the first contact.</summary>
    public LeadSourceId? Source { get; private set; }
    /// <summary>The product it is mainly about.</summary>
    public Guid? Product { get; private set; }
    /// <summary>The lead it came from.</summary>
    public Guid? Lead { get; private set; }
    public DateOnly OpenedOn { get; private set; }
    /// <summary>When it is expected to be decided.</summary>
    public DateOnly? ExpectedClose { get; private set; }
    /// <summary>When it was won or lost.</summary>
    public DateOnly? ClosedOn { get; private set; }
    public LossReasonId? LossReason { get; private set; }
    public string? LossNote { get; private set; }
    /// <summary>What is to be done next.</summary>
    public string? NextStep { get; private set; }
    /// <summary>By when.</summary>
    public DateOnly? NextStepOn { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    /// <summary>True when it counts nowhere any more.</summary>
    public bool Archived { get; private set; }
    /// <summary>The deal that stands for this one since both were found to be one.</summary>
    public DealId? MergedInto { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }
    /// <summary>Where it stood, in order.</summary>
    public IReadOnlyList<DealStage> Stages => stages;
    /// <summary>Who works on it beside its manager.</summary>
    public IReadOnlyList<DealMember> Members => members;

    /// <summary>Amount by the chance of winning, in the company's currency.</summary>
    public decimal Weighted => AmountBase * Probability / 100;

    /// <summary>Says what it is about and when it may be decided.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public void Describe(string title, DateOnly? expectedClose, Guid? product) =>
        (Title, ExpectedClose, Product) = (Required.Text(title, "deal.title", 200), expectedClose, product);

    /// <summary>Says whose deal it would be.</summary>
    public void Concern(PartnerId? partner, PersonId? contact) => (Partner, Contact) = (partner, partner is null ? null : contact);

    /// <summary>Remembers the lead it came from.</summary>
    public void ComeFrom(Guid lead) => Lead = lead;

    /// <summary>Says what it is worth.</summary>
    /// <param name="rate">worth of one unit of the currency in the company's own, on its date</param>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>sales.currency-unreadable</c></exception>
    public void Value(decimal amount, string currency, decimal rate)
    {
        (Amount, Currency, Rate) = (DealMoney.Sum(amount, "deal.amount"), DealMoney.Currency(currency), DealMoney.Rate(rate));
        AmountBase = DealMoney.Sum(Amount * Rate, "deal.amount");
    }

    /// <summary>Says what is to be earned by it, and what has been so far; in the company's currency.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public void Earn(decimal? planned, decimal? soFar) =>
        (PlannedMargin, MarginSoFar) = (planned is { } p ? DealMoney.Margin(p, "deal.planned-margin") : null, soFar is { } s ? DealMoney.Margin(s, "deal.margin-so-far") : null);

    /// <summary>Sets the chance of winning; null goes by the stage.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>sales.stage-elsewhere</c></exception>
    public void Expect(decimal? probability, Stage standing)
    {
        if (standing.Id != Stage) throw new RuleBrokenException("sales.stage-elsewhere");
        (Probability, ProbabilitySet) = probability is { } set ? (Chance.Percent(set), true) : (standing.Probability, false);
        if (State != DealState.Open) Probability = State == DealState.Won ? 100 : 0;
    }

    /// <summary>Moves it to a stage, of another pipeline too; skipping stages counts as passing them.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-closed</c>, <c>sales.stage-archived</c></exception>
    public void MoveTo(Stage stage, DateTimeOffset now)
    {
        RequireOpen();
        if (stage.Id != Stage) Enter(stage, now);
    }

    /// <summary>The client has decided for us.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-closed</c></exception>
    public void Win(DateOnly on, DateTimeOffset now) => Close(DealState.Won, on, now);

    /// <summary>It will not come to anything.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-closed</c>, <c>text.too-long</c></exception>
    public void Lose(LossReasonId reason, string? note, DateOnly on, DateTimeOffset now)
    {
        note = Required.Optional(note, "deal.loss-note", 2000);
        Close(DealState.Lost, on, now);
        (LossReason, LossNote) = (reason, note);
    }

    /// <summary>Takes the decision back: it stands on a stage again, which is a new stay.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-open</c>, <c>sales.stage-archived</c></exception>
    public void Reopen(Stage stage, DateTimeOffset now)
    {
        if (State == DealState.Open) throw new RuleBrokenException("sales.deal-open");
        RequireUse(stage);
        (State, ClosedOn, LossReason, LossNote) = (DealState.Open, null, null, null);
        ProbabilitySet = false;
        Enter(stage, now);
    }

    /// <summary>Says what is to be done next and by when; nothing where there is nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>sales.deal-closed</c></exception>
    public void Plan(string? step, DateOnly? on)
    {
        RequireOpen();
        NextStep = on is null ? Required.Optional(step, "deal.next-step", 200) : Required.Text(step, "deal.next-step", 200);
        NextStepOn = on;
    }

    /// <summary>Gives it to a user of ours and to a branch; who was in its team leaves that place.</summary>
    public void HandTo(Guid? manager, BranchId? branch)
    {
        (Manager, Branch) = (manager, branch);
        members.RemoveAll(m => m.User == manager);
        Count();
    }

    /// <summary>Takes somebody into its team, or says anew what he does in it.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.manager-is-in</c>, <c>sales.too-many-people</c>, <c>text.too-long</c></exception>
    public void Join(Guid user, string? part)
    {
        if (user == Manager) throw new RuleBrokenException("sales.manager-is-in");
        if (members.Find(m => m.User == user) is { } there)
        {
            there.Play(part);
            return;
        }
        if (People.Length >= MostPeople) throw new RuleBrokenException("sales.too-many-people", MostPeople);
        members.Add(new(Id, user, part));
        Count();
    }

    /// <summary>Lets somebody out of its team.</summary>
    public void Leave(Guid user)
    {
        members.RemoveAll(m => m.User == user);
        Count();
    }

    /// <summary>Says where its client came from, where nobody has said so; afterwards that is fixed.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.source-fixed</c></exception>
    public void Attribute(LeadSourceId? source)
    {
        if (Source is not null && source != Source) throw new RuleBrokenException("sales.source-fixed");
        Source = source;
    }

    /// <summary>Takes it out of every list and figure.</summary>
    public void Archive() => Archived = true;

    /// <summary>Brings it back; one that was merged stays away.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-merged</c></exception>
    public void Restore() => Archived = MergedInto is null ? false : throw new RuleBrokenException("sales.deal-merged");

    /// <summary>Leaves its place to another record of the same deal.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.merge-itself</c></exception>
    public void MergeInto(DealId survivor)
    {
        MergedInto = survivor != Id ? survivor : throw new RuleBrokenException("sales.merge-itself");
        Archived = true;
    }

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Deal, Id.Value), Title, $"#{Number}", Partner?.Value);

    private void Enter(Stage stage, DateTimeOffset now)
    {
        RequireUse(stage);
        if (stages.Count > 0 && stages[^1].LeftAt is null) stages[^1].Leave(now);
        stages.Add(new(Id, stages.Count == 0 ? 1 : stages[^1].Seq + 1, stage.Id, stage.Position, now));
        (Pipeline, Stage, StageSince) = (stage.Pipeline, stage.Id, now);
        if (!ProbabilitySet) Probability = stage.Probability;
    }

    private void Close(DealState state, DateOnly on, DateTimeOffset now)
    {
        RequireOpen();
        if (on < OpenedOn) throw new RuleBrokenException("sales.closed-before-opened", OpenedOn);
        stages[^1].Leave(now);
        (State, ClosedOn, Probability) = (state, on, state == DealState.Won ? 100 : 0);
        (NextStep, NextStepOn) = (null, null);
    }

    private void RequireOpen()
    {
        if (State != DealState.Open) throw new RuleBrokenException("sales.deal-closed");
    }

    private static void RequireUse(Stage stage)
    {
        if (stage.Archived) throw new RuleBrokenException("sales.stage-archived", stage.Name);
    }

    private void Count() => People = [.. members.Select(m => m.User).Append(Manager ?? Guid.Empty).Where(user => user != Guid.Empty).Distinct()];
}
