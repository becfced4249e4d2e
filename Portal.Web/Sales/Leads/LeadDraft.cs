using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales.Leads;

namespace Portal.Web.Sales.Leads;

/// <summary>What is typed of a lead, before it is saved.</summary>
public sealed class LeadDraft
{
    public string? Subject { get; set; }
    public string? Name { get; set; }
    public string? Company { get; set; }
    public string? Phone { get; set; }
    public string? Mail { get; set; }
    public string? Territory { get; set; }
    public Guid? Stream { get; set; }
    public Guid? Source { get; set; }
    public Guid? Group { get; set; }
    public Guid? Branch { get; set; }
    public SearchRow? Client { get; set; }
    public Guid? Person { get; set; }

    /// <summary>Who appealed.</summary>
    public LeadContact Contact => new(Name, Company, Phone, Mail, Territory);

    public PartnerId? Partner => Client is { } row ? new(row.ObjectId) : null;
    public LeadStreamId? StreamId => Stream is { } id ? new(id) : null;
    public LeadSourceId? SourceId => Source is { } id ? new(id) : null;
    public PersonId? PersonId => Person is { } id ? new(id) : null;
    public BranchId? BranchId => Branch is { } id ? new(id) : null;
}
