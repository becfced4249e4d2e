using System.Text.Json;
using Portal.Domain.Claims;
using Portal.Domain.Identity;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Work;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Claims;

/// <summary>Tells those who look after quality of a cause that repeats itself.</summary>
internal sealed class ClaimMail(MailDelivery mailer, IncidentDesk incidents, ClaimTermsQuery terms, MailPreferences receivers, PublicAddress portal, ReaderWords words)
{
    /// <summary>The outbox's handler.</summary>
    public OutboxHandler News => new(IncidentDesk.NewsKind, TellAsync);

    private async Task TellAsync(OutboxMessage entry, CancellationToken ct)
    {
        var news = JsonSerializer.Deserialize<IncidentNews>(entry.Body)!;
        if (await receivers.ReaderAsync(news.User, ct) is not var (address, actor) || !actor.Can(Permissions.ClaimsRead)) return;
        if (await incidents.FindAsync(news.Incident, actor, ct) is not { State: not IncidentState.Closed } incident) return;
        var (T, _) = words.Of(actor);
        var cause = T.CausePath(await terms.FindAsync(actor, ct), incident.Cause);
        var subject = T["incidents.subject", cause, incident.Name];
        var text = $"{subject}{Environment.NewLine}{T["incidents.told", incident.Count, incident.Days]}{Environment.NewLine}";
        if (portal.Of("claims/incidents") is { } page) text += $"{Environment.NewLine}{page}{Environment.NewLine}";
        await mailer.SendAsync(new(address, subject.ReplaceLineEndings(" "), text), entry.Key, ct);
    }
}

/// <summary>Registers the letters about claims.</summary>
internal static class ClaimMailRegistration
{
    /// <summary>Adds what tells of incidents.</summary>
    public static IServiceCollection AddClaimMail(this IServiceCollection services) => services.AddSingleton<ClaimMail>().AddSingleton(provider => provider.GetRequiredService<ClaimMail>().News);
}
