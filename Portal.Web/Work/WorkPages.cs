using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;

namespace Portal.Web.Work;

/// <summary>Registers what work needs of the web: the letters.</summary>
internal static class WorkPages
{
    /// <summary>Adds letters; section <c>Mail</c> of the settings says where they go.</summary>
    public static IServiceCollection AddWorkMail(this IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        var options = (configuration.GetSection("Mail").Get<MailOptions>() ?? new()) with { Folder = Path.Combine(dataFolder, "mail") };
        services.AddMail(options);
        services.AddSingleton<WorkMail>();
        services.AddSingleton(provider => provider.GetRequiredService<WorkMail>().Handler);
        return services;
    }
}
