using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Work;
using Portal.Infrastructure.Work.Handovers;
using Portal.Web.Shared;

namespace Portal.Web.Work;

/// <summary>A line of a handover as it is put together on the page.</summary>
public sealed class HandoverDraftLine(HeldKind kind)
{
    /// <summary>What is handed over.</summary>
    public HeldKind Kind { get; } = kind;
    /// <summary>Heirs; several get the pieces in turn.</summary>
    public List<Guid> To { get; } = [];
    /// <summary>True where who gets the client gets it.</summary>
    public bool WithClients { get; set; }
    /// <summary>Only clients of this branch.</summary>
    public BranchId? Branch { get; set; }
    /// <summary>Only clients of this standing.</summary>
    public PartnerStanding? Standing { get; set; }
    /// <summary>Chosen pieces; none chosen means all.</summary>
    public RowSelection Only { get; } = new();

    /// <summary>True while nobody gets it.</summary>
    public bool Stays => To.Count == 0 && !WithClients;

    /// <summary>The line as a job takes it.</summary>
    public HandoverShare Share => new(Kind, [.. To], Branch, Standing, Only.Chosen.Count > 0 ? Only.Chosen : null, WithClients);

    /// <summary>Makes one person the only heir.</summary>
    public void GiveTo(Guid heir)
    {
        (WithClients, _) = (false, To.RemoveAll(_ => true));
        To.Add(heir);
    }
}
