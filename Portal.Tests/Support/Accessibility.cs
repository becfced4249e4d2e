using Deque.AxeCore.Commons;

namespace Portal.Tests.Support;

/// <summary>What axe finds on a page that shuts people out.</summary>
public static class Accessibility
{
    private const string Scan = """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter(found => ['serious', 'critical'].includes(found.impact))
          .map(found => `${found.id}: ${found.help} — ${found.nodes.slice(0, 4).map(node => node.html).join(' | ')}`)
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>Serious and critical findings by all of axe's rules, a line each. The application's pages hold no frames, so one run in the page sees all of it.</summary>
    public static async Task<IReadOnlyList<string>> SeriousFindingsAsync(this BrowserWindow window)
    {
        await window.Page.EvaluateAsync(Axe);
        return await window.Page.EvaluateAsync<string[]>(Scan);
    }
}
