using System.Text.RegularExpressions;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>A message over 32 KB ends a circuit, so nobody can be let type or paste without end.</summary>
public sealed partial class InputLengthTests
{
    private static readonly HashSet<string> Typed = ["text", "search", "email", "tel", "url", "password"];

    [Fact]
    public void Inputs_ThatTakeText_HaveAGreatestLength() =>
        Check.None(Directory.EnumerateFiles(SourceTree.Path("Portal.Web"), "*.razor", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => Unbounded(File.ReadAllText(file)).Select(tag => $"{Path.GetRelativePath(SourceTree.Root, file)}: {tag}")));

    [Fact]
    public void Unbounded_FindsWhatHasNoLength() =>
        Assert.Equal(["<input @bind=\"a\" />", "<textarea rows=\"3\">"],
            Unbounded("<input @bind=\"a\" /><input type=\"checkbox\" @onchange=\"() => b\" /><textarea rows=\"3\"></textarea><input type=\"email\" maxlength=\"9\" @oninput=\"x => y > z\" />"));

    private static IEnumerable<string> Unbounded(string markup) =>
        from tag in Tag().Matches(markup)
        let type = Type().Match(tag.Value) is { Success: true } found ? found.Groups[1].Value : "text"
        where Typed.Contains(type) && !tag.Value.Contains("maxlength", StringComparison.OrdinalIgnoreCase)
        select tag.Value;

    // an attribute's value may hold a ">" of its own
    [GeneratedRegex("<(?:input|textarea)\\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\\stype=\"([a-z-]+)\"")]
    private static partial Regex Type();
}
