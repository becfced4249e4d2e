using System.Reflection;
using System.Text.RegularExpressions;
using Portal.Domain.Shared;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>A refusal names its field in words: every code of a field that a rule is given has a text.</summary>
public sealed partial class FieldWordTests
{
    private static readonly HashSet<string> Known = [.. TextFile.All.SelectMany(file => file.Keys)];

    [Fact]
    public void Fields_NamedByRules_HaveWords()
    {
        var fields = new[] { "Portal.Domain", "Portal.Infrastructure", "Portal.Web" }.SelectMany(project => SourceTree.Files(project, ".cs", ".razor"))
            .SelectMany(file => NamedIn(File.ReadAllText(file))).Distinct().ToList();

        Assert.Contains("partner.name", fields);
        Check.None(fields.Where(field => !Known.Contains($"field.{field}")));
    }

    [Fact]
    public void Check_ReadsEveryWayOfNamingAField() =>
        Assert.Equal(["company.name", "dispatch.boarding", "tag", "trip.pickup", "trip.volume"], NamedIn("""
            Name = Required.Text(name, "company.name", 200); Required.Text(Joined(word, ' '), "tag", 40); Boarding = Minutes(Boarding, "dispatch.boarding", 0, 120);
            Pickup = order.Pickup.Checked("trip.pickup"); throw new RuleBrokenException("number.out-of-range", "trip.volume", 0, 1000); Text("not a field", field, 200);
            """).Order());

    private static IEnumerable<string> NamedIn(string source) =>
        ThrownPattern().Matches(source).Select(match => match.Groups[1].Value)
            .Concat(from checks in Checks
                    from Match call in Regex.Matches(source, $@"\b{checks.Key}\(")
                    let arguments = Arguments(source, call.Index + call.Length)
                    from place in checks
                    where arguments.Count > place && LiteralPattern().IsMatch(arguments[place])
                    select arguments[place].Trim('"')).Distinct();

    // how the methods of the domain are called that take the code of a field, and at which place
    private static readonly ILookup<string, int> Checks =
        (from type in typeof(RuleBrokenException).Assembly.GetTypes()
         from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
         from parameter in method.GetParameters()
         where parameter.Name == "field" && parameter.ParameterType == typeof(string) && !method.Name.Contains('<')
         select (Called: method is { IsStatic: true, IsPublic: true } ? $@"{type.Name}\.{method.Name}" : method.Name, parameter.Position)).Distinct().ToLookup(check => check.Called, check => check.Position);

    private static List<string> Arguments(string source, int from)
    {
        var (arguments, depth, start) = (new List<string>(), 0, from);
        char? quote = null;
        for (var at = from; at < source.Length; at++)
        {
            if (source[at] is '"' or '\'' && source[at - 1] != '\\' && (quote is null || quote == source[at])) quote = quote is null ? source[at] : null;
            if (quote is not null) continue;
            if (source[at] is '(' or '[' or '{') depth++;
            var closes = source[at] is ')' or ']' or '}';
            if (depth == 0 && (closes || source[at] == ','))
            {
                arguments.Add(source[start..at].Trim());
                start = at + 1;
                if (closes) break;
            }
            if (closes) depth--;
        }
        return arguments;
    }

    [GeneratedRegex(@"new RuleBrokenException\(\s*""(?:text|number)\.[a-z-]+"",\s*""([^""]+)""")]
    private static partial Regex ThrownPattern();

    [GeneratedRegex(@"^""[a-z][a-z.-]*""$")]
    private static partial Regex LiteralPattern();
}
