using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Portal.Web.Shared;

/// <summary>The state of a page in its address.</summary>
internal static class PageAddress
{
    /// <summary>The address of the page that is open with some of its parameters changed: null, or an empty text, takes one away; a day stands as in ISO 8601.</summary>
    public static string With(this NavigationManager page, params (string Name, object? Value)[] changes) =>
        page.GetUriWithQueryParameters(changes.ToDictionary(c => c.Name, c => c.Value switch
        {
            null or "" => null,
            DateOnly day => day.ToString("O", CultureInfo.InvariantCulture) as object,
            _ => c.Value.ToString(),
        }));
}
