using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Infrastructure.Sales.Leads;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Leads;

/// <summary>The filter of leads as addresses hold it. What cannot be meant narrows nothing; without a state the open ones are meant.</summary>
internal static class LeadAddress
{
    /// <summary>The state that an address names, and whether open ones are meant.</summary>
    public static (LeadState? State, bool? Open) State(string? named) => named == SalesAddress.Any ? (null, null) : Named.Of<LeadState>(named) is { } state ? (state, null) : (null, true);

    /// <summary>The source that an address names, and whether those without one are meant.</summary>
    public static (LeadSourceId? Source, bool Nowhere) Source(string? named) => (Guid.TryParse(named, out var source) ? new(source) : null, named == SalesAddress.None);
}
