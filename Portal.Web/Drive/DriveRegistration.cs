using Portal.Web.Api;

namespace Portal.Web.Drive;

/// <summary>Registers the driver's page and its interface.</summary>
internal static class DriveRegistration
{
    /// <summary>Adds what <c>/drive</c> and <c>/api/driver</c> need.</summary>
    public static IServiceCollection AddDrive(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(configuration.GetSection("Driver").Get<DriveSettings>() ?? new DriveSettings())
        .AddSingleton<DriverCommands>();
}
