using System.Text.RegularExpressions;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>Which text keys the source names, as far as the text of the source tells.</summary>
internal sealed partial class TextKeyUse
{
    private readonly HashSet<string> asked = [];
    private readonly HashSet<string> literals = [];
    private readonly HashSet<string> prefixes = [];

    /// <summary>Reads all four projects.</summary>
    public static TextKeyUse OfTheProduct()
    {
        var use = new TextKeyUse();
        foreach (var project in new[] { "Portal.Domain", "Portal.Workflows", "Portal.Infrastructure", "Portal.Web" })
            foreach (var file in SourceTree.Files(project, ".cs", ".razor", ".js"))
                use.Read(File.ReadAllText(file));
        return use;
    }

    /// <summary>Keys the source asks for by name; each must exist.</summary>
    public IEnumerable<string> Asked => asked;

    public void Read(string source)
    {
        asked.UnionWith(Names(TextPattern(), source));
        asked.UnionWith(Names(RefusalPattern(), source).Select(code => $"rule.{code}"));
        literals.UnionWith(Names(LiteralPattern(), source));
        prefixes.UnionWith(Names(PrefixPattern(), source));
    }

    /// <summary>
    /// Whether the source uses the key: by name, by a name put together behind a known beginning, or by one of the
    /// conventions (a refusal's code, a field, a permission).
    /// </summary>
    public bool Uses(string key) =>
        asked.Contains(key) || literals.Contains(key)
        || prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))
        || new[] { "rule.", "field.", "permission." }.Any(start => key.StartsWith(start, StringComparison.Ordinal) && literals.Contains(key[start.Length..]));

    private static IEnumerable<string> Names(Regex pattern, string source) => pattern.Matches(source).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"\b(?:T|texts|Texts)(?:\[|\.Count\()\s*""([^""]+)""")]
    private static partial Regex TextPattern();

    [GeneratedRegex(@"new RuleBrokenException\(\s*""([^""]+)""")]
    private static partial Regex RefusalPattern();

    [GeneratedRegex(@"[""']([A-Za-z][A-Za-z0-9.-]*)[""']")]
    private static partial Regex LiteralPattern();

    // A beginning holds at least one whole part and its dot: a bare "{" would make every key a used one.
    [GeneratedRegex(@"[`""]([a-z][A-Za-z0-9-]*\.(?:[A-Za-z0-9-]+\.)*(?:[A-Za-z0-9-]+-)?)\$?\{")]
    private static partial Regex PrefixPattern();
}
