using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>Where an offer stands with its client. The version in force is meant; a newer one may be drafted beside it.</summary>
public enum OfferState { Draft, Issued, Sent, Read, Accepted, Refused, Expired, Withdrawn }

/// <summary>For whom an offer is made, and who answers for it.</summary>
/// <param name="Title">what it is about, in a line</param>
/// <param name="Contact">whom it is addressed to at the client</param>
public sealed record OfferHead(string Title, DealId? Deal, PartnerId? Partner, PersonId? Contact, Guid? Manager, BranchId? Branch);

/// <summary>
/// A commercial offer. A draft is edited; issuing freezes it as a version and gives the offer its number; a new version begins as a copy of the last.
/// What a client has accepted never changes.
/// </summary>
public sealed class Offer : ISearchable
{
    /// <summary>Versions of one offer.</summary>
    public const int MostVersions = 99;

    private readonly List<OfferVersion> versions = [];

    private Offer() { }

    /// <summary>Begins the draft of the first version.</summary>
    /// <exception cref="RuleBrokenException">what head and content refuse</exception>
    public Offer(OfferId id, CompanyId company, OfferHead head, OfferContent content, Actor author, DateTimeOffset now)
    {
        (Id, Company, CreatedAt) = (id, company, now);
        Describe(head);
        versions.Add(new(id, 1, content, author.Name, now));
        Reckon();
    }

    public OfferId Id { get; private set; }
    public CompanyId Company { get; private set; }
    /// <summary>Year of its number; null until it is issued.</summary>
    public int? Year { get; private set; }
    /// <summary>Place of its number in the year; null until it is issued.</summary>
    public int? Sequence { get; private set; }
    public string Title { get; private set; } = "";
    public DealId? Deal { get; private set; }
    public PartnerId? Partner { get; private set; }
    public PersonId? Contact { get; private set; }
    /// <summary>Our user who answers for it.</summary>
    public Guid? Manager { get; private set; }
    public BranchId? Branch { get; private set; }
    public OfferState State { get; private set; }
    /// <summary>Since when it stands there.</summary>
    public DateTimeOffset? StateSince { get; private set; }
    /// <summary>The version that the client has or may get; null until one is issued.</summary>
    public int? InForce { get; private set; }
    /// <summary>The version that the process of its deal has approved of and let go to the client.</summary>
    public int? Released { get; private set; }
    /// <summary>The last version, which is a draft unless it is in force.</summary>
    public int Newest { get; private set; } = 1;
    public DateTimeOffset CreatedAt { get; private set; }

    // of the version that lists show: the one in force, before that the draft
    public string Currency { get; private set; } = "";
    public decimal Net { get; private set; }
    public decimal Gross { get; private set; }
    /// <summary>The last day on which it can be accepted, in the company's zone.</summary>
    public DateOnly ValidUntil { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }
    public IReadOnlyList<OfferVersion> Versions => versions;

    /// <summary>Its number; null until it is issued.</summary>
    public DocumentNumber? Number => DocumentNumber.Of(Year, Sequence);

    /// <summary>True where the last version is still being written.</summary>
    public bool HasDraft => Newest != InForce;

    /// <summary>True while the client may accept or refuse it.</summary>
    public bool IsOut => State is OfferState.Issued or OfferState.Sent or OfferState.Read;

    /// <summary>The version of that number.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.version-unknown</c></exception>
    public OfferVersion Of(int number) => versions.Find(v => v.Number == number) ?? throw new RuleBrokenException("offers.version-unknown", number);

    /// <summary>Says for whom it is.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>offers.accepted</c></exception>
    public void Describe(OfferHead head)
    {
        RequireNotAccepted();
        Title = Required.Text(head.Title, "offer.title", 200);
        (Deal, Partner, Contact, Manager, Branch) = (head.Deal, head.Partner, head.Partner is null ? null : head.Contact, head.Manager, head.Branch);
    }

    /// <summary>A draft of a deal is for the client that the deal has now; while a version is out with somebody, all of the offer is for him. True where that is another one.</summary>
    public bool Follow(PartnerId? client, PersonId? contact)
    {
        if (!HasDraft || IsOut || State == OfferState.Accepted || client == Partner) return false;
        Describe(new(Title, Deal, client, contact, Manager, Branch));
        return true;
    }

    /// <summary>Writes the draft anew.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.accepted</c>, <c>offers.frozen</c>, and what the content refuses</exception>
    public void Write(OfferContent content)
    {
        Draft().Write(content);
        Reckon();
    }

    /// <summary>Freezes the draft: from now on the client may get it, and what he had before holds no longer.</summary>
    /// <param name="today">in the company's zone</param>
    /// <param name="takeNumber">gives the offer its number; called where it has none, when nothing can refuse any more</param>
    /// <exception cref="RuleBrokenException"><c>offers.accepted</c>, <c>offers.frozen</c>, <c>offers.no-lines</c>, <c>offers.no-price</c>, <c>offers.no-client</c>, <c>offers.validity-over</c>, <c>offers.payments-over</c></exception>
    public async Task IssueAsync(OfferParties parties, DateOnly today, DateTimeOffset now, Func<Task<DocumentNumber>> takeNumber)
    {
        var draft = Draft();
        if (Partner is null && Deal is null) throw new RuleBrokenException("offers.no-client");
        draft.Freeze(parties, today, now);
        if (Number is null) (Year, Sequence) = await takeNumber() is var number ? (number.Year, number.Sequence) : default;
        InForce = draft.Number;
        Enter(OfferState.Issued, now);
        Reckon();
    }

    /// <summary>Begins a new version as a copy of the last.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.accepted</c>, <c>offers.draft-there</c>, <c>offers.too-many-versions</c></exception>
    public OfferVersion Revise(Actor author, DateTimeOffset now)
    {
        RequireNotAccepted();
        if (HasDraft) throw new RuleBrokenException("offers.draft-there");
        if (Newest >= MostVersions) throw new RuleBrokenException("offers.too-many-versions", MostVersions);
        var next = new OfferVersion(Id, Newest + 1, Of(Newest).Content with { Parties = null }, author.Name, now);
        versions.Add(next);
        Newest = next.Number;
        return next;
    }

    /// <summary>Lets go of a draft beside a version in force; which version that was.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.no-draft</c></exception>
    public OfferVersion DropDraft()
    {
        if (!HasDraft || InForce is not { } inForce) throw new RuleBrokenException("offers.no-draft");
        var dropped = Of(Newest);
        versions.Remove(dropped);
        Newest = inForce;
        return dropped;
    }

    /// <summary>The process of its deal lets the version in force go to the client.</summary>
    public void Release() => Released = InForce;

    /// <summary>It was given to the client.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.not-out</c></exception>
    public void Send(DateTimeOffset now)
    {
        RequireOut();
        if (State == OfferState.Issued) Enter(OfferState.Sent, now);
    }

    /// <summary>The client has opened it.</summary>
    public void Open(DateTimeOffset now)
    {
        if (State is OfferState.Issued or OfferState.Sent) Enter(OfferState.Read, now);
    }

    /// <summary>The client accepts the version in force, with the options he has chosen.</summary>
    /// <param name="today">in the company's zone</param>
    /// <exception cref="RuleBrokenException"><c>offers.not-out</c>, <c>offers.validity-over</c>, <c>offers.option-unknown</c>, <c>text.required</c></exception>
    public OfferAnswer Accept(ClientSigning by, IReadOnlyCollection<Guid> options, DateOnly today, DateTimeOffset now)
    {
        var version = Decided(today);
        var chosen = options.ToHashSet();
        if (!chosen.IsSubsetOf(version.Content.Options)) throw new RuleBrokenException("offers.option-unknown");
        var answer = new OfferAnswer(version, OfferState.Accepted, by, null, [.. version.Content.Options.Where(chosen.Contains)], now);
        Enter(OfferState.Accepted, now);
        // a draft that was begun beside it has nothing to become any more
        if (HasDraft) DropDraft();
        (Net, Gross) = (answer.Net, answer.Gross);
        return answer;
    }

    /// <summary>The client refuses the version in force.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.not-out</c>, <c>offers.validity-over</c>, <c>text.required</c></exception>
    public OfferAnswer Refuse(ClientSigning by, string? reason, DateOnly today, DateTimeOffset now)
    {
        var answer = new OfferAnswer(Decided(today), OfferState.Refused, by, Required.Text(reason, "offer.reason", 1000), [], now);
        Enter(OfferState.Refused, now);
        return answer;
    }

    /// <summary>We take it back.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.accepted</c></exception>
    public void Withdraw(DateTimeOffset now)
    {
        RequireNotAccepted();
        Enter(OfferState.Withdrawn, now);
    }

    /// <summary>Its last day has passed.</summary>
    public void Expire(DateOnly today, DateTimeOffset now)
    {
        if (IsOut && ValidUntil < today) Enter(OfferState.Expired, now);
    }

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Offer, Id.Value), Title, Number?.ToString() ?? "", Partner?.Value);

    private OfferVersion Draft()
    {
        RequireNotAccepted();
        return HasDraft ? Of(Newest) : throw new RuleBrokenException("offers.frozen");
    }

    private OfferVersion Decided(DateOnly today)
    {
        RequireOut();
        var version = Of(InForce!.Value);
        return version.Content.ValidUntil >= today ? version : throw new RuleBrokenException("offers.validity-over", version.Content.ValidUntil);
    }

    private void RequireOut()
    {
        RequireNotAccepted();
        if (!IsOut) throw new RuleBrokenException("offers.not-out");
    }

    private void RequireNotAccepted()
    {
        if (State == OfferState.Accepted) throw new RuleBrokenException("offers.accepted");
    }

    private void Enter(OfferState state, DateTimeOffset now) => (State, StateSince) = (state, now);

    private void Reckon()
    {
        var shown = Of(InForce ?? Newest);
        (Currency, Net, Gross, ValidUntil) = (shown.Currency, shown.Net, shown.Gross, shown.Content.ValidUntil);
    }
}
