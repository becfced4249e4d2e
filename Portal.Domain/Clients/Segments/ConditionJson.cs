using System.Text.Json;
using System.Text.Json.Nodes;
using Portal.Domain.Shared;

namespace Portal.Domain.Clients.Segments;

/// <summary>
/// Conditions as JSON: <c>{"all":[…]}</c>, <c>{"any":[…]}</c> or <c>{"none":[…]}</c> for a group,
/// <c>{"field":"town","is":"Contains","values":["Lviv"]}</c> for a question.
/// </summary>
public static class ConditionJson
{
    private const int LongestValue = 200;
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 2 * Condition.Deepest + 4 };

    /// <summary>Writes a condition.</summary>
    public static string Write(ConditionGroup condition) => Node(condition).ToJsonString();

    /// <summary>Reads a condition; whether its fields exist is not asked here.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unreadable</c>, <c>segments.too-deep</c>, <c>segments.too-many-tests</c></exception>
    public static ConditionGroup Read(string? json)
    {
        try
        {
            using var document = JsonDocument.Parse(json ?? "", Limits);
            return Check(Part(document.RootElement, 1) as ConditionGroup ?? throw Unreadable());
        }
        catch (JsonException)
        {
            throw Unreadable();
        }
    }

    /// <summary>The condition, if it is not larger than anybody can survey.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.too-deep</c>, <c>segments.too-many-tests</c>, <c>segments.unreadable</c></exception>
    public static ConditionGroup Check(ConditionGroup condition)
    {
        if (Depth(condition) > Condition.Deepest) throw new RuleBrokenException("segments.too-deep", Condition.Deepest);
        if (condition.Tests.Count() > Condition.MostTests) throw new RuleBrokenException("segments.too-many-tests", Condition.MostTests);
        if (condition.Tests.Any(test => test.Values.Count > Condition.MostValues || test.Values.Any(value => value.Length > LongestValue || value.Any(char.IsControl)))) throw Unreadable();
        return condition;
    }

    private static int Depth(Condition condition) => condition is ConditionGroup group ? 1 + group.Parts.Select(Depth).DefaultIfEmpty().Max() : 0;

    private static JsonObject Node(Condition condition) => condition switch
    {
        ConditionGroup group => new() { [group.Join.ToString().ToLowerInvariant()] = new JsonArray([.. group.Parts.Select(Node)]) },
        ConditionTest test => new() { ["field"] = test.Field, ["is"] = test.Operator.ToString(), ["values"] = new JsonArray([.. test.Values.Select(value => JsonValue.Create(value))]) },
        _ => throw new InvalidOperationException($"{condition.GetType()} is no condition."),
    };

    private static Condition Part(JsonElement element, int depth)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Unreadable();
        if (depth > Condition.Deepest + 1) throw new RuleBrokenException("segments.too-deep", Condition.Deepest);
        if (element.TryGetProperty("field", out var field))
            return new ConditionTest(Text(field), element.TryGetProperty("is", out var asked) && Enum.TryParse<ConditionOperator>(Text(asked), out var known) && Enum.IsDefined(known) ? known : throw Unreadable(),
                element.TryGetProperty("values", out var values) ? [.. Items(values).Select(Text)] : []);
        foreach (var join in Enum.GetValues<ConditionJoin>())
            if (element.TryGetProperty(join.ToString().ToLowerInvariant(), out var parts)) return new ConditionGroup(join, [.. Items(parts).Select(part => Part(part, depth + 1))]);
        throw Unreadable();
    }

    private static IEnumerable<JsonElement> Items(JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Unreadable();

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Unreadable();

    private static RuleBrokenException Unreadable() => new("segments.unreadable");
}
