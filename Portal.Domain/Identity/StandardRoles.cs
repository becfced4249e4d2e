using P = Portal.Domain.Identity.Permissions;

namespace Portal.Domain.Identity;

/// <summary>The roles a new installation starts with. They are data afterwards: an administrator may change or add to them.</summary>
public static class StandardRoles
{
    public const string Administrator = "administrator";
    public const string Dispatcher = "dispatcher";
    public const string FleetManager = "fleet-manager";
    public const string Driver = "driver";

    /// <summary>Code of the role and the permissions it starts with.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Grants = new Dictionary<string, IReadOnlyList<string>>
    {
        [Administrator] = P.All.Except([P.DriveOwn]).ToArray(),
        [Dispatcher] = [P.BoardRead, P.TripRegister, P.TripAssign, P.TripProgress, P.TripCancel, P.FleetRead, P.ShiftsManage, P.TracksRead, P.PlacesManage, P.SimulationRun, P.DriverReportRead],
        [FleetManager] = [P.BoardRead, P.FleetRead, P.VehiclesManage, P.DriversManage, P.ShiftsManage, P.DevicesManage, P.TracksRead, P.TracksImport, P.TripsImport, P.Reenact, P.DriverReportRead, P.MapLayersManage],
        [Driver] = [P.DriveOwn],
    };
}
