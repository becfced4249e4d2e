namespace Portal.Web.Shared;

/// <summary>Values of an enumeration by their names, as addresses carry them.</summary>
public static class Named
{
    /// <summary>The value of that name in whatever case, or null where it names none.</summary>
    public static T? Of<T>(string? name) where T : struct, Enum => Enum.TryParse<T>(name, true, out var value) && Enum.IsDefined(value) ? value : null;
}
