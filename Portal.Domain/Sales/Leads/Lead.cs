using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>Somebody's interest in what we sell, before it is known whether a deal will come of it. While it is open there is always a next step.</summary>
public sealed class Lead : ISearchable
{
    private Lead() { }

    /// <summary>Takes an appeal in.</summary>
    /// <param name="number">taken from the sequence of leads</param>
    /// <param name="step">what is to be done first</param>
    /// <param name="stepAt">by when</param>
    /// <exception cref="RuleBrokenException">as <see cref="LeadContact.Checked"/>, <see cref="LeadAppeal.Checked"/> and <see cref="Plan"/></exception>
    public Lead(LeadId id, long number, LeadAppeal appeal, LeadContact contact, LeadChannel channel, LeadStreamId stream, LeadSourceId? source, string step, DateTimeOffset stepAt, DateTimeOffset now)
    {
        appeal = appeal.Checked();
        (Id, Number, Text, Channel, CreatedAt, Appeals, LastAppealAt, AskedPrice) = (id, number, appeal.Text, channel, now, 1, now, appeal.AsksPrice);
        Describe(appeal.Subject!, contact, stream, source, null);
        Plan(step, stepAt);
    }

    public LeadId Id { get; private set; }
    public long Number { get; private set; }
    public string Subject { get; private set; } = "";
    /// <summary>The first appeal, as it came.</summary>
    public string? Text { get; private set; }
    public string? Name { get; private set; }
    public string? Company { get; private set; }
    /// <summary>As it was written.</summary>
    public string? Phone { get; private set; }
    /// <summary>By what it is known again.</summary>
    public string? PhoneKey { get; private set; }
    public string? Mail { get; private set; }
    /// <summary>By what it is known again.</summary>
    public string? MailKey { get; private set; }
    /// <summary>Region or town, in free words.</summary>
    public string? Territory { get; private set; }
    public LeadChannel Channel { get; private set; }
    public LeadStreamId Stream { get; private set; }
    /// <summary>The advertising source of the first contact.</summary>
    public LeadSourceId? Source { get; private set; }
    /// <summary>The form through which it came.</summary>
    public LeadFormId? Form { get; private set; }
    /// <summary>The group of products it is about: it says which questions are asked.</summary>
    public Guid? Group { get; private set; }
    /// <summary>The client, where it is known who that is.</summary>
    public PartnerId? Partner { get; private set; }
    public PersonId? Person { get; private set; }
    /// <summary>Our user who answers for it.</summary>
    public Guid? Manager { get; private set; }
    /// <summary>Our branch that works on it; null where all do.</summary>
    public BranchId? Branch { get; private set; }
    /// <summary>Why it is whose it is.</summary>
    public LeadRoute Route { get; private set; } = LeadRoute.Nobody;
    /// <summary>Since when it is his.</summary>
    public DateTimeOffset? GivenAt { get; private set; }
    public LeadState State { get; private set; }
    public LeadInterest Interest { get; private set; }
    /// <summary>The highest interest there was.</summary>
    public LeadInterest Peak { get; private set; }
    /// <summary>What is to be done next; null once it is closed.</summary>
    public string? NextStep { get; private set; }
    public DateTimeOffset? NextStepAt { get; private set; }
    /// <summary>Appeals of the same person.</summary>
    public int Appeals { get; private set; }
    public DateTimeOffset LastAppealAt { get; private set; }
    /// <summary>When we first talked to the client.</summary>
    public DateTimeOffset? FirstContactAt { get; private set; }
    public DateTimeOffset? LastContactAt { get; private set; }
    /// <summary>The client asked what it costs.</summary>
    public bool AskedPrice { get; private set; }
    /// <summary>The client told his budget.</summary>
    public bool BudgetKnown { get; private set; }
    /// <summary>Null for what nobody doubts.</summary>
    public LeadSuspicion? Suspicion { get; private set; }
    public LeadRejection? Rejection { get; private set; }
    public string? RejectionNote { get; private set; }
    /// <summary>The deal it became.</summary>
    public DealId? Deal { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    /// <summary>When it was converted or disqualified.</summary>
    public DateTimeOffset? ClosedAt { get; private set; }
    /// <summary>True when it counts nowhere any more.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Whether it is still to be worked on.</summary>
    public bool IsOpen => State is LeadState.New or LeadState.Working or LeadState.Qualified;

    /// <summary>Who appealed and how to reach him.</summary>
    public LeadContact Contact => new(Name, Company, Phone, Mail, Territory);

    /// <summary>How a client of this interest is best talked to.</summary>
    public LeadTool Tool => ToolFor(Interest);

    /// <summary>How a client of some interest is best talked to.</summary>
    public static LeadTool ToolFor(LeadInterest interest) => interest switch
    {
        LeadInterest.Hot => LeadTool.CallNow,
        LeadInterest.Warm => LeadTool.MeetOrOffer,
        LeadInterest.Cold => LeadTool.WriteAndWarm,
        _ => LeadTool.FindOut,
    };

    /// <summary>Says what it is about, who appealed and where that came from. The source of the first contact stays.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>sales.source-fixed</c>, as <see cref="LeadContact.Checked"/></exception>
    public void Describe(string subject, LeadContact contact, LeadStreamId stream, LeadSourceId? source, Guid? group)
    {
        if (Source is not null && source != Source) throw new RuleBrokenException("sales.source-fixed");
        contact = contact.Checked();
        (Subject, Stream, Source, Group) = (Required.Text(subject, "lead.subject", 200), stream, source, group);
        (Name, Company, Phone, PhoneKey, Mail, MailKey, Territory) = (contact.Name, contact.Company, contact.Phone, contact.PhoneKey, contact.Mail, contact.MailKey, contact.Territory);
    }

    /// <summary>Remembers the form through which it came, and why a person is to look at it first.</summary>
    public void ComeBy(LeadFormId form, LeadSuspicion? suspicion) => (Form, Suspicion) = (form, suspicion);

    /// <summary>Says whose interest it is.</summary>
    public void Concern(PartnerId? partner, PersonId? person) => (Partner, Person) = (partner, partner is null ? null : person);

    /// <summary>Gives it to a user of ours and to a branch, and says why.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c></exception>
    public void GiveTo(Guid? manager, BranchId? branch, LeadRoute route, DateTimeOffset now)
    {
        RequireOpen();
        if (manager != Manager) GivenAt = manager is null ? null : now;
        (Manager, Branch, Route) = (manager, branch, route);
    }

    /// <summary>Somebody begins to work on it.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c></exception>
    public void Begin()
    {
        RequireOpen();
        if (State == LeadState.New) State = LeadState.Working;
    }

    /// <summary>The same person asked again.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c></exception>
    public void AskAgain(LeadAppeal appeal, LeadContact contact, LeadChannel channel, DateTimeOffset now)
    {
        RequireOpen();
        (Appeals, LastAppealAt, AskedPrice) = (Appeals + 1, now, AskedPrice || appeal.AsksPrice);
        // who knows a phone is not for that its owner: letters would go to a stranger
        if (LeadContact.IsStrangers(channel)) return;
        // what was not known is known now; what was known stays until a person changes it
        contact = contact.Checked();
        (Name, Company, Territory) = (Name ?? contact.Name, Company ?? contact.Company, Territory ?? contact.Territory);
        if (Phone is null) (Phone, PhoneKey) = (contact.Phone, contact.PhoneKey);
        if (Mail is null) (Mail, MailKey) = (contact.Mail, contact.MailKey);
    }

    /// <summary>We talked to the client.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c>, <c>leads.contact-in-future</c></exception>
    public void Talk(DateTimeOffset at, DateTimeOffset now)
    {
        RequireOpen();
        if (at > now || at < CreatedAt) throw new RuleBrokenException("leads.contact-in-future");
        if (FirstContactAt is null || at < FirstContactAt) FirstContactAt = at;
        if (LastContactAt is null || at > LastContactAt) LastContactAt = at;
        Begin();
    }

    /// <summary>Says how much the client wants it.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c></exception>
    public void Rate(LeadInterest interest)
    {
        RequireOpen();
        (Interest, Peak) = (interest, interest > Peak ? interest : Peak);
    }

    /// <summary>Says what is to be done next and by when.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Plan(string? step, DateTimeOffset at)
    {
        RequireOpen();
        (NextStep, NextStepAt) = (Required.Text(step, "lead.next-step", 200), at.ToUniversalTime());
    }

    /// <summary>Notes what answers tell beyond themselves.</summary>
    public void Learn(bool budgetKnown) => BudgetKnown = budgetKnown;

    /// <summary>The needs are known and it is worth a deal.</summary>
    /// <param name="unanswered">required questions without an answer</param>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c>, <c>leads.doubted</c>, <c>leads.interest-required</c>, <c>leads.answers-required</c></exception>
    public void Qualify(int unanswered)
    {
        RequireOpen();
        RequireTrusted();
        if (Interest == LeadInterest.Unknown) throw new RuleBrokenException("leads.interest-required");
        if (unanswered > 0) throw new RuleBrokenException("leads.answers-required", unanswered);
        State = LeadState.Qualified;
    }

    /// <summary>Nothing will come of it.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c>, <c>text.too-long</c></exception>
    public void Disqualify(LeadRejection reason, string? note, DateTimeOffset now)
    {
        RequireOpen();
        (Rejection, RejectionNote) = (reason, Required.Optional(note, "lead.rejection-note", 1000));
        Close(LeadState.Disqualified, now);
    }

    /// <summary>Takes the disqualification back; it is worked on again.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.open</c>, <c>leads.converted</c>, <c>text.required</c></exception>
    public void Reopen(string? step, DateTimeOffset at)
    {
        if (State == LeadState.Converted) throw new RuleBrokenException("leads.converted");
        if (IsOpen) throw new RuleBrokenException("leads.open");
        step = Required.Text(step, "lead.next-step", 200);
        (State, ClosedAt, Rejection, RejectionNote) = (FirstContactAt is null ? LeadState.New : LeadState.Working, null, null, null);
        Plan(step, at);
    }

    /// <summary>It became a deal.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.closed</c>, <c>leads.doubted</c></exception>
    public void Convert(PartnerId partner, PersonId? person, DealId deal, DateTimeOffset now)
    {
        RequireOpen();
        RequireTrusted();
        (Partner, Person, Deal) = (partner, person, deal);
        Close(LeadState.Converted, now);
    }

    /// <summary>A person has looked at it: it is an appeal like any other.</summary>
    public void Trust() => Suspicion = null;

    /// <summary>Takes it out of every list and figure.</summary>
    public void Archive() => Archived = true;

    /// <summary>Brings it back.</summary>
    public void Restore() => Archived = false;

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Lead, Id.Value), Subject, $"#{Number} {Name} {Company} {Phone} {Mail}", Partner?.Value);

    private void Close(LeadState state, DateTimeOffset now)
    {
        (State, ClosedAt, NextStep, NextStepAt) = (state, now, null, null);
    }

    private void RequireOpen()
    {
        if (!IsOpen) throw new RuleBrokenException("leads.closed");
    }

    private void RequireTrusted()
    {
        if (Suspicion is not null) throw new RuleBrokenException("leads.doubted");
    }
}
