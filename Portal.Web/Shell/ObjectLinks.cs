using Portal.Domain.Shared;

namespace Portal.Web.Shell;

/// <summary>Where each kind of object is shown; one line per kind.</summary>
public static class ObjectLinks
{
    /// <summary>Address of the object's page, or null when its kind has none.</summary>
    public static string? To(ObjectKind kind, Guid id) => kind switch
    {
        ObjectKind.Trip => $"/trips/{id}",
        ObjectKind.Vehicle => $"/map?vehicle={id}",
        ObjectKind.Driver => $"/drivers?driver={id}",
        ObjectKind.Partner => $"/clients/{id}",
        ObjectKind.Interaction => $"/calendar?open={id}",
        ObjectKind.FoundPair => $"/clients/duplicates/{id}",
        ObjectKind.Device => $"/devices?device={id}",
        ObjectKind.Branch => $"/branches?branch={id}",
        ObjectKind.Team => $"/teams?team={id}",
        ObjectKind.User => $"/users?user={id}",
        ObjectKind.ProcessTask => $"/work?task={id}",
        ObjectKind.ChangeOfMany => $"/clients/changes/{id}",
        ObjectKind.Product => $"/products/{id}",
        ObjectKind.ProductGroup => $"/products?group={id}",
        ObjectKind.PriceList => $"/prices/{id}",
        ObjectKind.DiscountRule => $"/prices/discounts?discount={id}",
        ObjectKind.Segment => $"/segments/{id}",
        ObjectKind.Offer => $"/offers/{id}",
        ObjectKind.Order => $"/orders/{id}",
        ObjectKind.Shipment => $"/shipments/{id}",
        ObjectKind.Invoice => $"/invoices/{id}",
        ObjectKind.Payment => $"/payments/{id}",
        ObjectKind.Claim => $"/claims/{id}",
        ObjectKind.ClaimIncident => "/claims/incidents",
        ObjectKind.ClaimCause or ObjectKind.ClaimStep => "/settings/claims",
        ObjectKind.StockDocument => $"/stock/documents/{id}",
        ObjectKind.Warehouse => $"/warehouses?edit={id}",
        ObjectKind.Lead => $"/leads/{id}",
        ObjectKind.LeadStream or ObjectKind.LeadForm or ObjectKind.NeedQuestion or ObjectKind.LeadTerritory => "/settings/leads",
        ObjectKind.Deal => $"/deals/{id}",
        ObjectKind.Pipeline or ObjectKind.LeadSource or ObjectKind.LossReason => "/settings/sales",
        ObjectKind.SalesPlan => "/plans",
        ObjectKind.Assignment => $"/work?assignment={id}",
        _ => null,
    };
}
