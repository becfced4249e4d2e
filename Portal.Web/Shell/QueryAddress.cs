using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Web.Shared;

namespace Portal.Web.Shell;

/// <summary>The part of an address behind the question mark, as far as a page reads it. Addresses are typed, cut and sent by mail: what a page cannot read is left out.</summary>
public static class QueryAddress
{
    /// <summary>Names in the address whose values the page cannot take: <c>trip=abc</c> where an id belongs, a number beyond its type, a day of no calendar.</summary>
    public static IReadOnlyList<string> Unreadable(Type page, string address)
    {
        var given = QueryHelpers.ParseQuery(new Uri(address).Query);
        if (given.Count == 0) return [];
        return [.. page.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(property => (Property: property, Named: property.GetCustomAttribute<SupplyParameterFromQueryAttribute>()))
            .Where(p => p.Named is not null)
            .Select(p => (Name: p.Named!.Name ?? p.Property.Name, p.Property.PropertyType))
            .Where(p => given.TryGetValue(p.Name, out var values) && values.Any(value => !CanRead(p.PropertyType, value ?? "")))
            .Select(p => p.Name)];
    }

    private static bool CanRead(Type type, string value)
    {
        var inner = Nullable.GetUnderlyingType(type);
        if (type == typeof(string) || type.IsArray || (inner is not null && value.Length == 0)) return true;
        try
        {
            var read = TypeDescriptor.GetConverter(inner ?? type).ConvertFromString(null, CultureInfo.InvariantCulture, value);
            return read is DateOnly day ? LocalTime.Known(day) is not null : read is not null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }
}
