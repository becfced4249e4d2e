using Portal.Domain.Shared;
using Portal.Web.Claims;
using Portal.Web.Sales.Deals;
using Portal.Web.Sales.Leads;

namespace Portal.Web.Work;

/// <summary>Which component shows an object beside the work about it; one line per kind. Each takes <c>Id</c> and <c>Through</c>.</summary>
public static class ObjectCards
{
    /// <summary>The card's component, or null where the kind has none.</summary>
    public static Type? Of(ObjectKind kind) => kind switch
    {
        ObjectKind.Trip => typeof(TripObjectCard),
        ObjectKind.Partner => typeof(PartnerObjectCard),
        ObjectKind.Lead => typeof(LeadObjectCard),
        ObjectKind.Deal => typeof(DealObjectCard),
        ObjectKind.Claim => typeof(ClaimObjectCard),
        _ => null,
    };
}
