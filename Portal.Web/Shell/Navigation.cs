using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Web.Shell;

/// <summary>A page in the rail. Shown to who holds one of the permissions, to all staff where none is named. <paramref name="Icon"/> is a Material symbol.</summary>
public sealed record NavigationItem(string Path, string TextKey, string Icon, params string[] Permissions)
{
    /// <summary>True when the actor may use the page.</summary>
    public bool IsFor(Actor actor) => Permissions.Length == 0 ? actor.PartnerId is null : Permissions.Any(actor.Can);
}

/// <summary>All pages of the rail, in order; the first one an actor may use is his start page.</summary>
public static class Navigation
{
    /// <summary>One line per page.</summary>
    public static readonly IReadOnlyList<NavigationItem> Items =
    [
        new("/drive", "nav.drive", "directions_car", Permissions.DriveOwn),
        new("/board", "nav.board", "view_quilt", Permissions.BoardRead),
        new("/today", "nav.today", "today"),
        new("/work", "nav.work", "inbox"),
        new("/calendar", "nav.calendar", "calendar_today"),
        new("/trips", "nav.trips", "list_alt", Permissions.BoardRead),
        new("/clients", "nav.clients", "business", Permissions.ClientsRead),
        new("/leads", "nav.leads", "contact_phone", Permissions.LeadsRead),
        new("/deals", "nav.deals", "handshake", Permissions.DealsRead),
        new("/funnel", "nav.funnel", "sort", Permissions.FunnelRead),
        new("/plans", "nav.plans", "flag", Permissions.FunnelRead),
        new("/offers", "nav.offers", "request_quote", Permissions.OffersRead),
        new("/orders", "nav.orders", "shopping_cart", Permissions.OrdersRead),
        new("/shipments", "nav.shipments", "pallet", Permissions.OrdersRead),
        new("/invoices", "nav.invoices", "description", Permissions.BillingRead),
        new("/payments", "nav.payments", "payments", Permissions.BillingRead),
        new("/receivables", "nav.receivables", "account_balance_wallet", Permissions.BillingRead),
        new("/claims", "nav.claims", "report", Permissions.ClaimsRead),
        new("/claims/causes", "nav.causes", "bar_chart", Permissions.ClaimsRead),
        new("/claims/incidents", "nav.incidents", "crisis_alert", Permissions.ClaimsRead),
        new("/sold", "nav.sold", "history", Permissions.OrdersRead),
        new("/segments", "nav.segments", "filter_alt", Permissions.ClientsRead),
        new("/clients/completeness", "nav.completeness", "checklist", Permissions.ClientsRead),
        new("/clients/silent", "nav.silent", "phone_missed", Permissions.ClientsRead),
        new("/products", "nav.products", "inventory_2", Permissions.PricingRead),
        new("/prices", "nav.prices", "sell", Permissions.PricingRead),
        new("/stock", "nav.stock", "warehouse", Permissions.StockRead),
        new("/stock/documents", "stock.documents", "receipt_long", Permissions.StockRead),
        new("/warehouses", "nav.warehouses", "home_work", Permissions.StockRead),
        new("/reports/contacts", "nav.activity", "leaderboard", Permissions.ClientsRead),
        new("/map", "nav.map", "map", Permissions.FleetRead),
        new("/playback", "nav.playback", "replay", Permissions.TracksRead),
        new("/reenactment", "nav.reenactment", "theaters", Permissions.Reenact),
        new("/import", "nav.import", "upload_file", Permissions.TripsImport, Permissions.TracksImport, Permissions.ClientsImport, Permissions.PricingManage, Permissions.SalesImport, Permissions.StockManage, Permissions.OrdersManage, Permissions.BillingPayment, Permissions.ClaimsSettings, Permissions.UsersManage),
        new("/devices", "nav.devices", "sensors", Permissions.DevicesManage),
        new("/vehicles", "nav.vehicles", "local_shipping", Permissions.FleetRead),
        new("/drivers", "nav.drivers", "badge", Permissions.FleetRead),
        new("/shifts", "nav.shifts", "calendar_month", Permissions.FleetRead),
        new("/vehicle-classes", "nav.vehicle-classes", "category", Permissions.VehiclesManage),
        new("/reports/drivers", "nav.driver-report", "summarize", Permissions.DriverReportRead, Permissions.DriveOwn),
        new("/instances", "nav.instances", "conversion_path", Permissions.ProcessRead),
        new("/maps", "nav.maps", "schema", Permissions.MapsDraw, Permissions.MapsPublish, Permissions.ProcessRead),
        new("/users", "nav.users", "group", Permissions.UsersManage),
        new("/branches", "nav.branches", "apartment", Permissions.UsersManage),
        new("/teams", "nav.teams", "groups", Permissions.UsersManage),
        new("/roles", "nav.roles", "admin_panel_settings", Permissions.RolesManage),
        new("/map-layers", "nav.map-layers", "layers", Permissions.MapLayersManage),
        new("/settings/dispatch", "nav.dispatch-settings", "tune", Permissions.SettingsManage),
        new("/settings/sales", "nav.sales-settings", "account_tree", Permissions.SalesSettings),
        new("/settings/leads", "nav.lead-settings", "dynamic_form", Permissions.SalesSettings),
        new("/settings/claims", "nav.claim-settings", "rule", Permissions.ClaimsSettings),
        new("/settings/offers", "nav.offer-settings", "design_services", Permissions.SalesSettings),
        new("/settings/confidential", "nav.confidential", "lock", Permissions.SettingsManage),
        new("/outbox", "nav.outbox", "outgoing_mail", Permissions.OutboxManage),
        new("/audit", "nav.audit", "history", Permissions.AuditRead),
    ];

    /// <summary>The page that a path shows, or below which it lies; null for one that is not in the rail.</summary>
    public static NavigationItem? At(string? path) => Items.Where(i => path is not null && (path == i.Path || path.StartsWith(i.Path + '/', StringComparison.Ordinal))).MaxBy(i => i.Path.Length);

    /// <summary>Where an actor lands after signing in.</summary>
    public static string StartFor(Actor actor) => Items.FirstOrDefault(i => i.IsFor(actor))?.Path ?? "/account";
}
