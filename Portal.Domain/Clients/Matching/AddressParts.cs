namespace Portal.Domain.Clients.Matching;

/// <summary>An address in its parts as entered; what is unknown is null.</summary>
public sealed record AddressParts
{
    /// <summary>ISO 3166 code.</summary>
    public string? Country { get; init; }
    public string? Region { get; init; }
    public string? City { get; init; }
    public string? Postcode { get; init; }
    /// <summary>The street with its kind, as in "просп. Перемоги".</summary>
    public string? Street { get; init; }
    public string? House { get; init; }
    /// <summary>What is narrower than the house or stands in for it: a flat, an office, a farm, a business centre.</summary>
    public string? Premise { get; init; }

    /// <summary>
    /// Takes street, house and premise out of one line such as "вул. Хрещатик, буд. 22, кв. 5" or "12 Main Street": the house is the first number that stands
    /// alone, before or behind the street's words; the rest is the premise.
    /// </summary>
    public static AddressParts OfStreetLine(string line)
    {
        var words = line.Split([' ', ',', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        var at = words.FindIndex(word => AddressWords.IsHouse(word));
        if (at < 0) return new() { Street = line.Trim() };
        var house = words[at];
        var before = words[..at];
        if (before.Count > 0 && AddressWords.IsHouseMark(before[^1])) before.RemoveAt(before.Count - 1);
        var behind = words[(at + 1)..];
        return before.Count > 0
            ? new() { Street = string.Join(' ', before).TrimEnd(','), House = house, Premise = behind.Count > 0 ? string.Join(' ', behind) : null }
            : new() { Street = string.Join(' ', behind), House = house };
    }
}
