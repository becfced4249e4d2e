using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>An appeal to be taken in.</summary>
/// <param name="Stream">null takes the first one</param>
/// <param name="Group">the group of products it is about</param>
/// <param name="Chosen">whom of ours the client asked for; the rules say whether he gets it</param>
/// <param name="Mine">whoever takes it in keeps it</param>
/// <param name="Apart">another's, though the phone or mail is the same: it is not joined to the open lead</param>
/// <param name="NextStep">null is "get in touch" within the time of answer</param>
public sealed record LeadOrder(
    LeadAppeal Appeal, LeadContact Contact, LeadChannel Channel, LeadStreamId? Stream = null, LeadSourceId? Source = null, Guid? Group = null, BranchId? Branch = null, PartnerId? Partner = null, PersonId? Person = null,
    Guid? Chosen = null, bool Mine = false, bool Apart = false, LeadInterest Interest = LeadInterest.Unknown, string? NextStep = null, DateTimeOffset? NextStepAt = null)
{
    /// <summary>The form through which it came, and what makes it doubtful.</summary>
    internal (LeadFormId Form, LeadSuspicion? Suspicion)? Through { get; init; }
}

/// <summary>What became of an appeal.</summary>
/// <param name="Joined">the same person had an open lead already: it is that one, asked again</param>
public sealed record LeadTaken(LeadId Lead, long Number, bool Joined, Guid? Manager, string? ManagerName, LeadRoute Route);

/// <summary>What people say of a lead.</summary>
public sealed record LeadDetails(string Subject, LeadContact Contact, LeadStreamId Stream, LeadSourceId? Source = null, Guid? Group = null, PartnerId? Partner = null, PersonId? Person = null, BranchId? Branch = null);

/// <summary>A talk with the client and what follows from it.</summary>
/// <param name="At">null is now</param>
/// <param name="Interest">null leaves it as it is</param>
/// <param name="NextStep">null leaves it as it is</param>
public sealed record LeadTalk(InteractionKind How, string? Words = null, DateTimeOffset? At = null, LeadInterest? Interest = null, string? NextStep = null, DateTimeOffset? NextStepAt = null);
