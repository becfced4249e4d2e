using System.Text.Json;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Work;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Billing;

/// <summary>Tells those who release goods what has gone to a client without their word.</summary>
internal sealed class CreditMail(MailDelivery mailer, ShipmentQuery shipments, MailPreferences receivers, PublicAddress portal, ReaderWords words)
{
    /// <summary>The outbox's handler.</summary>
    public OutboxHandler News => new(CreditControl.NewsKind, TellAsync);

    private async Task TellAsync(OutboxMessage entry, CancellationToken ct)
    {
        var news = JsonSerializer.Deserialize<CreditNews>(entry.Body)!;
        if (await receivers.ReaderAsync(news.User, ct) is not var (address, actor) || !actor.Can(Permissions.BillingRelease) || !actor.Can(Permissions.OrdersRead)) return;
        if (await shipments.FindAsync(news.Shipment, actor, ct) is not { } shipment) return;
        var (T, _) = words.Of(actor);
        var subject = T["credit.passed-subject", shipment.Number ?? "", shipment.Client ?? T["clients.hidden"]];
        var text = $"{subject}{Environment.NewLine}{T[$"creditStop.{news.Stop}"]}{Environment.NewLine}{T["credit.passed-told"]}{Environment.NewLine}";
        if (portal.Of(ObjectLinks.To(ObjectKind.Shipment, news.Shipment.Value)![1..]) is { } page) text += $"{Environment.NewLine}{page}{Environment.NewLine}";
        await mailer.SendAsync(new(address, subject.ReplaceLineEndings(" "), text), entry.Key, ct);
    }
}

/// <summary>Registers the letters about credit.</summary>
internal static class CreditMailRegistration
{
    /// <summary>Adds what tells those who release goods.</summary>
    public static IServiceCollection AddCreditMail(this IServiceCollection services) =>
        services.AddSingleton<CreditMail>().AddSingleton(provider => provider.GetRequiredService<CreditMail>().News);
}
