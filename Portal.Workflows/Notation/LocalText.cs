namespace Portal.Workflows.Notation;

/// <summary>A text of the map with its translations by language (<c>ru</c>, <c>uk</c>, <c>ro</c>, <c>id</c>).</summary>
public sealed record LocalText(string Default, IReadOnlyDictionary<string, string> ByLanguage)
{
    /// <summary>A text in one language only.</summary>
    public static implicit operator LocalText(string text) => new(text, new Dictionary<string, string>());

    /// <summary>The text for a culture such as <c>uk</c> or <c>uk-UA</c>; the map's own language where there is no translation.</summary>
    public string In(string culture) =>
        ByLanguage.GetValueOrDefault(culture) ?? ByLanguage.GetValueOrDefault(culture.Split('-')[0]) ?? Default;

    /// <inheritdoc/>
    public override string ToString() => Default;
}
