namespace Portal.Domain.Identity;

/// <summary>
/// Every right the code asks for. Permissions are code, roles are data: an administrator grants these to roles.
/// The form is <c>feature.thing.verb</c>; its text is the key <c>permission.&lt;value&gt;</c>.
/// </summary>
public static class Permissions
{
    public const string UsersManage = "identity.user.manage";
    public const string RolesManage = "identity.role.manage";
    public const string AuditRead = "identity.audit.read";
    public const string SettingsManage = "identity.setting.manage";

    public const string FleetRead = "fleet.vehicle.read";
    public const string VehiclesManage = "fleet.vehicle.manage";
    public const string DriversManage = "fleet.driver.manage";
    public const string ShiftsManage = "fleet.shift.manage";
    public const string DevicesManage = "fleet.device.manage";
    public const string MapLayersManage = "fleet.layer.manage";
    public const string TracksRead = "fleet.track.read";
    public const string TracksImport = "fleet.track.import";
    public const string DriverReportRead = "fleet.report.read";

    public const string BoardRead = "dispatch.board.read";
    public const string TripRegister = "dispatch.trip.register";
    public const string TripAssign = "dispatch.trip.assign";
    public const string TripProgress = "dispatch.trip.progress";
    public const string TripCancel = "dispatch.trip.cancel";
    public const string TripsImport = "dispatch.trip.import";
    public const string Reenact = "dispatch.reenactment.run";
    public const string SimulationRun = "dispatch.simulation.run";

    public const string DriveOwn = "dispatch.trip.drive";

    public const string ClientsRead = "clients.partner.read";
    public const string ClientsManage = "clients.partner.manage";
    public const string ClientsExport = "clients.partner.export";
    public const string ClientsImport = "clients.partner.import";
    /// <summary>Looking for duplicates through the whole base, now and then.</summary>
    public const string DuplicatesRun = "clients.duplicate.run";
    public const string PlacesManage = "clients.place.manage";
    /// <summary>The fields of clients that are marked confidential, whoever answers for the client.</summary>
    public const string ClientsConfidential = "clients.confidential.read";

    /// <summary>Confidential files on every object that one may see.</summary>
    public const string FilesConfidential = "files.confidential.read";

    public const string LeadsRead = "sales.lead.read";
    public const string LeadsManage = "sales.lead.manage";
    /// <summary>Giving leads to others, and deciding about what is doubted.</summary>
    public const string LeadsDistribute = "sales.lead.distribute";
    /// <summary>Taking the leads one sees, and the figures of their control, away as a file.</summary>
    public const string LeadsExport = "sales.lead.export";
    public const string DealsRead = "sales.deal.read";
    public const string DealsManage = "sales.deal.manage";
    public const string OffersRead = "sales.offer.read";
    public const string OffersManage = "sales.offer.manage";
    public const string OrdersRead = "sales.order.read";
    public const string OrdersManage = "sales.order.manage";
    /// <summary>Pipelines, stages, sources and loss reasons; streams, forms, questions and rules of leads.</summary>
    public const string SalesSettings = "sales.settings";
    public const string FunnelRead = "sales.funnel.read";
    public const string PlansManage = "sales.plan.manage";
    public const string SalesImport = "sales.import";

    /// <summary>Taking lists of orders, shipments, stock documents, invoices, payments and debts away as files, as far as one sees them.</summary>
    public const string DocumentsExport = "documents.export";

    public const string PricingRead = "pricing.read";
    public const string PricingManage = "pricing.manage";
    /// <summary>Cost, margin and their floor; they are not there for others.</summary>
    public const string PricingCost = "pricing.cost";
    /// <summary>Deciding about prices below the floor.</summary>
    public const string PricingApprove = "pricing.approve";

    /// <summary>Invoices, payments and what clients owe.</summary>
    public const string BillingRead = "billing.read";
    /// <summary>Writing, issuing and cancelling invoices.</summary>
    public const string BillingInvoice = "billing.invoice";
    /// <summary>Booking payments and saying what they are for.</summary>
    public const string BillingPayment = "billing.payment";
    /// <summary>Letting goods go to a client who owes too much, or too long.</summary>
    public const string BillingRelease = "billing.release";

    /// <summary>Claims of the clients one sees, and what caused them.</summary>
    public const string ClaimsRead = "claims.read";
    /// <summary>Writing down what clients complain about.</summary>
    public const string ClaimsRegister = "claims.register";
    /// <summary>Examining claims, telling clients what is done, closing claims; incidents.</summary>
    public const string ClaimsManage = "claims.manage";
    /// <summary>Deciding what is done about a claim, and what that may cost.</summary>
    public const string ClaimsDecide = "claims.decide";
    /// <summary>Causes, steps and deadlines of claims, and claims of another program.</summary>
    public const string ClaimsSettings = "claims.settings";

    /// <summary>What lies where; its value needs <see cref="PricingCost"/> too.</summary>
    public const string StockRead = "stock.read";
    /// <summary>Documents that move goods: writing and posting them.</summary>
    public const string StockMove = "stock.move";
    /// <summary>Taking back what a posted document moved.</summary>
    public const string StockCancel = "stock.cancel";
    /// <summary>Warehouses and closed periods.</summary>
    public const string StockManage = "stock.manage";

    public const string MapsDraw = "process.map.draw";
    public const string MapsPublish = "process.map.publish";
    public const string ProcessStart = "process.instance.start";
    public const string ProcessTell = "process.message.tell";
    public const string ProcessRead = "process.instance.read";
    public const string ProcessAlter = "process.instance.alter";
    public const string TasksWork = "process.task.work";
    public const string TasksOversee = "process.task.oversee";
    public const string ProcessReportRead = "process.report.read";

    public const string OutboxManage = "core.outbox.manage";

    /// <summary>All of them, in the order an administrator reads them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        BoardRead, TripRegister, TripAssign, TripProgress, TripCancel, TripsImport, Reenact, SimulationRun, DriveOwn,
        FleetRead, VehiclesManage, DriversManage, ShiftsManage, DevicesManage, MapLayersManage, TracksRead, TracksImport, DriverReportRead,
        ClientsRead, ClientsManage, ClientsExport, ClientsImport, DuplicatesRun, PlacesManage, ClientsConfidential, FilesConfidential,
        LeadsRead, LeadsManage, LeadsDistribute, LeadsExport, DealsRead, DealsManage, OffersRead, OffersManage, OrdersRead, OrdersManage, DocumentsExport, SalesSettings, FunnelRead, PlansManage, SalesImport,
        PricingRead, PricingManage, PricingCost, PricingApprove,
        BillingRead, BillingInvoice, BillingPayment, BillingRelease,
        ClaimsRead, ClaimsRegister, ClaimsManage, ClaimsDecide, ClaimsSettings,
        StockRead, StockMove, StockCancel, StockManage,
        TasksWork, TasksOversee, ProcessStart, ProcessTell, ProcessRead, ProcessAlter, ProcessReportRead, MapsDraw, MapsPublish,
        UsersManage, RolesManage, AuditRead, SettingsManage, OutboxManage,
    ];
}
