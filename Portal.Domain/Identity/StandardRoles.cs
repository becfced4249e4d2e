using P = Portal.Domain.Identity.Permissions;

namespace Portal.Domain.Identity;

/// <summary>The roles a new installation starts with. They are data afterwards: an administrator may change or add to them.</summary>
public static class StandardRoles
{
    public const string Administrator = "administrator";
    public const string Dispatcher = "dispatcher";
    public const string FleetManager = "fleet-manager";
    public const string Driver = "driver";

    public const string Analyst = "analyst";

    /// <summary>Roles that route maps give work to.</summary>
    private static readonly string[] Performers =
        ["sales", "technologist", "supply", "project-manager", "legal", "finance", "warehouse", "production", "customer-service", "quality"];

    /// <summary>Those whom work is escalated to: they also look after the work of others, but change no running process past its map.</summary>
    private static readonly string[] Heads =
        ["sales-head", "finance-head", "warehouse-head", "production-head", "service-head", "quality-head", "director"];

    /// <summary>Code of the role and the permissions it starts with.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Grants = new Dictionary<string, IReadOnlyList<string>>
    {
        [Administrator] = P.All.Except([P.DriveOwn]).ToArray(),
        [Dispatcher] = [P.BoardRead, P.TripRegister, P.TripAssign, P.TripProgress, P.TripCancel, P.FleetRead, P.ShiftsManage, P.TracksRead, P.PlacesManage, P.ClientsRead, P.SimulationRun, P.DriverReportRead],
        [FleetManager] = [P.BoardRead, P.FleetRead, P.VehiclesManage, P.DriversManage, P.ShiftsManage, P.DevicesManage, P.TracksRead, P.TracksImport, P.TripsImport, P.Reenact, P.DriverReportRead, P.MapLayersManage],
        [Driver] = [P.DriveOwn],
        [Analyst] = [P.MapsDraw, P.MapsPublish, P.ProcessStart, P.ProcessRead, P.ProcessAlter, P.ProcessReportRead, P.TasksWork],
    }
    .Concat(Performers.Select(code => Granted(code, P.ProcessStart, P.ProcessRead, P.TasksWork)))
    .Concat(Heads.Select(code => Granted(code, [P.ProcessStart, P.ProcessRead, P.TasksWork, P.TasksOversee, P.ProcessReportRead, .. code == "director" ? [P.ProcessAlter, P.ClientsConfidential, P.FilesConfidential] : Array.Empty<string>()])))
    .ToDictionary();

    private static readonly string[] Order = [Administrator, Dispatcher, FleetManager, Driver, .. Performers, .. Heads, Analyst];

    /// <summary>Where a role stands among the standard ones; the company's own come after them.</summary>
    public static int Place(string code) => Array.IndexOf(Order, code) is >= 0 and var place ? place : Order.Length;

    private static KeyValuePair<string, IReadOnlyList<string>> Granted(string code, params string[] permissions) => new(code, [.. permissions, .. OverClients(code), .. OverDeals(code), .. OverPrices(code), .. OverBilling(code), .. OverClaims(code), .. OverStock(code)]);

    private static string[] OverDeals(string code) => code switch
    {
        "sales-head" or "director" => [P.LeadsRead, P.LeadsManage, P.LeadsDistribute, P.LeadsExport, P.DealsRead, P.DealsManage, P.OffersRead, P.OffersManage, P.OrdersRead, P.OrdersManage, P.DocumentsExport, P.SalesSettings, P.FunnelRead, P.PlansManage, P.SalesImport],
        "sales" => [P.LeadsRead, P.LeadsManage, P.DealsRead, P.DealsManage, P.OffersRead, P.OffersManage, P.OrdersRead, P.OrdersManage, P.FunnelRead],
        "customer-service" => [P.OrdersRead, P.OrdersManage],
        "warehouse-head" or "finance" => [P.OrdersRead, P.DocumentsExport],
        "warehouse" or "supply" or "production" or "production-head" or "project-manager" => [P.OrdersRead],
        // who answers for the money reads the offers that invoices are of, and those of a deal are read with it
        "finance-head" => [P.OrdersRead, P.OffersRead, P.DealsRead, P.DocumentsExport],
        _ => [],
    };

    private static string[] OverClients(string code) => code switch
    {
        "sales-head" or "director" => [P.ClientsRead, P.ClientsManage, P.ClientsExport, P.ClientsImport, P.DuplicatesRun],
        "service-head" => [P.ClientsRead, P.ClientsManage, P.DuplicatesRun],
        "sales" or "customer-service" or "project-manager" => [P.ClientsRead, P.ClientsManage],
        "finance" or "finance-head" or "legal" or "quality" or "quality-head" or "warehouse" or "warehouse-head" or "supply" => [P.ClientsRead],
        _ => [],
    };

    private static string[] OverPrices(string code) => code switch
    {
        "sales-head" or "director" => [P.PricingRead, P.PricingManage, P.PricingCost, P.PricingApprove],
        "finance-head" => [P.PricingRead, P.PricingCost],
        "sales" or "customer-service" or "project-manager" or "technologist" or "supply" or "finance" => [P.PricingRead],
        _ => [],
    };

    private static string[] OverBilling(string code) => code switch
    {
        "finance-head" or "director" => [P.BillingRead, P.BillingInvoice, P.BillingPayment, P.BillingRelease],
        "finance" => [P.BillingRead, P.BillingInvoice, P.BillingPayment],
        "sales-head" => [P.BillingRead, P.BillingInvoice, P.BillingRelease],
        "sales" or "customer-service" => [P.BillingRead, P.BillingInvoice],
        _ => [],
    };

    private static string[] OverClaims(string code) => code switch
    {
        "quality-head" or "director" => [P.ClaimsRead, P.ClaimsRegister, P.ClaimsManage, P.ClaimsDecide, P.ClaimsSettings, .. code == "quality-head" ? [P.OrdersRead, P.DocumentsExport] : Array.Empty<string>()],
        "quality" => [P.ClaimsRead, P.ClaimsRegister, P.ClaimsManage, P.OrdersRead],
        "service-head" => [P.ClaimsRead, P.ClaimsRegister, P.ClaimsManage, P.ClaimsDecide],
        "customer-service" => [P.ClaimsRead, P.ClaimsRegister, P.ClaimsManage],
        "sales" or "sales-head" or "project-manager" => [P.ClaimsRead, P.ClaimsRegister],
        "finance" or "finance-head" or "warehouse" or "warehouse-head" or "production" or "production-head" => [P.ClaimsRead],
        _ => [],
    };

    private static string[] OverStock(string code) => code switch
    {
        "warehouse-head" or "director" => [P.StockRead, P.StockMove, P.StockCancel, P.StockManage],
        "warehouse" => [P.StockRead, P.StockMove],
        "supply" or "sales" or "sales-head" or "customer-service" or "project-manager" or "technologist" or "production" or "production-head" or "finance" or "finance-head" => [P.StockRead],
        _ => [],
    };
}
