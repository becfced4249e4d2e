using System.Globalization;
using System.Text.Json;
using Portal.Domain.Stock;

namespace Portal.Infrastructure.Stock;

/// <summary>Batches as they stand in the database: <c>[[day, time, number of the receipt, quantity, value], …]</c>.</summary>
internal static class BatchJson
{
    private static readonly StockBatch[] None = [];

    public static string Write(ReadOnlySpan<StockBatch> batches)
    {
        using var text = new MemoryStream(64 * Math.Max(1, batches.Length));
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartArray();
            foreach (var (age, quantity, value) in batches)
            {
                json.WriteStartArray();
                json.WriteStringValue(age.Day.ToString("O", CultureInfo.InvariantCulture));
                json.WriteStringValue(age.Time.ToString("T", CultureInfo.InvariantCulture));
                json.WriteNumberValue(age.Sequence);
                json.WriteNumberValue(quantity);
                json.WriteNumberValue(value);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <param name="json">null has none</param>
    public static StockBatch[] Read(string? json)
    {
        if (json is null) return None;
        using var document = JsonDocument.Parse(json);
        var batches = new StockBatch[document.RootElement.GetArrayLength()];
        var at = 0;
        foreach (var batch in document.RootElement.EnumerateArray())
            batches[at++] = new(new(DateOnly.ParseExact(batch[0].GetString()!, "O", CultureInfo.InvariantCulture), TimeOnly.Parse(batch[1].GetString()!, CultureInfo.InvariantCulture), batch[2].GetInt64()), batch[3].GetDecimal(), batch[4].GetDecimal());
        return batches;
    }
}
