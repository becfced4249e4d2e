using System.Net;
using System.Text.RegularExpressions;

namespace Portal.Tests.Support.Circuits;

/// <summary>A page as the server sent it: the components it wants alive, and the state that travels to them. One page can open many circuits.</summary>
public sealed partial record CircuitPage(Uri Address, IReadOnlyList<string> Components, string State)
{
    /// <summary>Gets a page with the cookies of a signed-in client.</summary>
    public static async Task<CircuitPage> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        return new(
            new Uri(client.BaseAddress!, path),
            [.. Marker().Matches(html).Select(m => m.Groups[1].Value).Where(m => m.Contains("\"type\":\"server\"") && m.Contains("descriptor"))],
            StateMarker().Match(html) is { Success: true } state ? state.Groups[1].Value : "");
    }

    /// <summary>The message that brings the components to life in a circuit.</summary>
    internal string Operations =>
        $"{{\"batchId\":1,\"operations\":[{string.Join(",", Components.Select((marker, i) => $"{{\"type\":\"add\",\"ssrComponentId\":{i + 1},\"marker\":{marker}}}"))}]}}";

    [GeneratedRegex("<!--Blazor:({.*?})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex StateMarker();
}
