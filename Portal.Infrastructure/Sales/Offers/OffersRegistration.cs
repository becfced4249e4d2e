using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>Registers commercial offers.</summary>
public static class OffersRegistration
{
    /// <summary>Adds offers to the container; needs deals, prices, processes and work.</summary>
    public static IServiceCollection AddOffers(this IServiceCollection services)
    {
        services.AddSingleton<OfferSettingsStore>();
        services.AddSingleton<OfferDesk>();
        services.AddSingleton<OfferPost>();
        services.AddSingleton<ClientOffers>();
        services.AddSingleton<OfferQuery>();
        services.AddSingleton<OfferListQuery>();
        services.AddSingleton<OfferPaperQuery>();
        services.AddSingleton<OfferExpiry>();
        services.AddPriceSubject(new(ObjectKind.Offer, async (db, id, ct) => await db.Set<OfferVersion>().AsNoTracking().Where(v => v.Offer == new OfferId(id)).OrderByDescending(v => v.Number).Select(v => v.Content).FirstOrDefaultAsync(ct) is { } content ? OfferFloor.MarksOf(content) : []));
        return services.AddDoor<OfferQuery>(ObjectKind.Offer, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct),
            (db, id) => db.Set<Offer>().Where(o => o.Id == new OfferId(id)).Select(o => o.Manager));
    }

    /// <summary>Adds the background work of the web application.</summary>
    public static IServiceCollection AddOffersBackground(this IServiceCollection services) =>
        services.AddRounds<OfferExpiry>(TimeSpan.FromMinutes(1), (expiry, ct) => expiry.RunAsync(ct), "Offers whose day has passed wait for the database.", atOnce: true);
}
