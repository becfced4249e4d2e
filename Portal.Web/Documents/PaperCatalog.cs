using Portal.Domain.Identity;
using Portal.Infrastructure.Printing;
using Portal.Web.Shared;

namespace Portal.Web.Documents;

/// <summary>The product's texts as papers and letters to clients take them.</summary>
internal static class PaperCatalog
{
    /// <summary>The words, numbers and days of a language.</summary>
    public static PaperTongue Tongue(this TextCatalog catalog, string language)
    {
        var culture = Languages.CultureOf(language);
        return new(language, culture, (key, args) =>
        {
            var text = catalog.Find(key, language) ?? throw new InvalidOperationException($"There is no text {key}.");
            var forms = text.Split('|');
            if (forms.Length > 1 && args is [int count, ..]) text = forms[TextCatalog.PluralForm(language, count)];
            return string.Format(culture, text, args);
        });
    }

    /// <summary>The file of a paper.</summary>
    public static byte[] Write(this TextCatalog catalog, Printable paper)
    {
        var tongue = catalog.Tongue(paper.Language);
        return paper.Form(tongue).Write(paper.From, tongue);
    }
}
