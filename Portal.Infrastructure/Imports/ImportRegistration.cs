using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Portal.Infrastructure.Billing.Intake;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Pricing.Intake;
using Portal.Infrastructure.Stock.Intake;
using Portal.Infrastructure.Sales.Intake;
using Portal.Infrastructure.Sales.Leads;

namespace Portal.Infrastructure.Imports;

/// <summary>Registration of imports.</summary>
public static class ImportRegistration
{
    /// <summary>Adds the import line, its formats and the kinds trips, tracks, clients, products, prices, stock, orders, deals, teams, leads and claims.</summary>
    public static IServiceCollection AddImports(this IServiceCollection services, ImportOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton<Roads>();
        services.TryAddSingleton<PositionDays>();
        services.AddSingleton<ISourceFormat, GpxFormat>();
        services.AddSingleton<ISourceFormat, CsvFormat>();
        services.AddSingleton<ImportedFleet>();
        services.AddSingleton<PlaceNames>();
        services.AddSingleton<IImportKind, TripsImport>();
        services.AddSingleton<IImportKind, TracksImport>();
        services.TryAddSingleton<PartnerKeys>();
        services.AddSingleton<IImportKind, ClientsImport>();
        services.AddSingleton<IImportKind, DealsImport>();
        services.AddSingleton<IImportKind, TeamsImport>();
        services.TryAddSingleton<DuplicateQuery>();
        services.TryAddSingleton<LeadIntake>();
        services.AddSingleton<IImportKind, LeadsImport>();
        services.AddSingleton<ProductSpellings>();
        services.AddSingleton<IImportKind, ProductsImport>().AddSingleton<IImportKind, PricesImport>().AddSingleton<IImportKind, StockImport>();
        services.TryAddSingleton<SegmentQuery>();
        services.TryAddSingleton<PriceQuery>();
        services.AddSingleton<IImportKind, OrdersImport>().AddSingleton<IImportKind, SalesHistoryImport>().AddSingleton<IImportKind, PaymentsImport>().AddSingleton<IImportKind, ClaimsImport>();
        services.AddSingleton<DuplicateDecisions>();
        services.AddSingleton<ImportKinds>();
        services.AddSingleton<ImportLine>();
        services.AddSingleton<ImportWork>();
        services.AddSingleton<ImportQuery>();
        return services;
    }

    /// <summary>Adds the workers of the web application.</summary>
    public static IServiceCollection AddImportBackground(this IServiceCollection services) => services
        // two, so that a long file of one person leaves a worker to the others
        .AddRounds<ImportWork>(TimeSpan.FromSeconds(1), (work, ct) => work.RunAllAsync(ct), "Imports wait for the database.", atOnce: true)
        .AddRounds<ImportWork>(TimeSpan.FromSeconds(1), (work, ct) => work.RunAllAsync(ct), "Imports wait for the database.", atOnce: true)
        .AddRounds<ImportWork>(TimeSpan.FromDays(1), (work, ct) => work.TidyAsync(ct), "Files of old imports are let go of another time.", atOnce: true);
}
