using System.Globalization;
using Portal.Domain.Identity;

namespace Portal.Web.Shared;

/// <summary>Draws a page for people outside in the language it is written in, not in their browser's. A language set before the answer is written would be forgotten by then.</summary>
internal sealed class InLanguage(IResult page, string language) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext http)
    {
        Speak(language);
        return page.ExecuteAsync(http);
    }

    /// <summary>Puts a language in force for what is said next.</summary>
    public static void Speak(string language) => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Languages.CultureOf(language);
}
