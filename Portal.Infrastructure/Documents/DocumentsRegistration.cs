using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Documents;

/// <summary>Registers what is common to documents of all features.</summary>
public static class DocumentsRegistration
{
    /// <summary>Adds their papers and the letters with them; needs billing, orders and stock.</summary>
    public static IServiceCollection AddDocumentPapers(this IServiceCollection services) => services.AddSingleton<DocumentPapers>().AddSingleton<DocumentPost>();
}
