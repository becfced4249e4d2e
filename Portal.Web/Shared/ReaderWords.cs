using System.Globalization;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Web.Shared;

/// <summary>The words and the clock of somebody who looks at no page: who gets a letter, or whose calendar a program fetches.</summary>
internal sealed class ReaderWords(TextCatalog catalog, TimeProvider time)
{
    /// <summary>Speaks his language, and writes numbers and dates as he does, from here to the end of the calling method.</summary>
    public (Texts Texts, LocalTime Clock) Of(Actor actor)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Languages.CultureOf(actor.Culture);
        var clock = LocalTime.For(actor, time);
        return (new(catalog, clock), clock);
    }
}
