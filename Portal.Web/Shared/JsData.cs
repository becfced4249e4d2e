using System.Text.Json;

namespace Portal.Web.Shared;

/// <summary>
/// Data for a module in the browser, as JSON made by settings that all circuits share: by its own settings each circuit
/// would keep a description of every type it ever sent, some 25 KB for a map.
/// </summary>
internal static class JsData
{
    private static readonly JsonSerializerOptions Shared = new(JsonSerializerDefaults.Web);

    /// <summary>The argument of a call into JavaScript; names begin small.</summary>
    public static JsonElement Of<T>(T data) => JsonSerializer.SerializeToElement(data, Shared);
}
