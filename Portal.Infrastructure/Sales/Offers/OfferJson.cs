using System.Text.Json;
using System.Text.Json.Serialization;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>How the content of a version is kept.</summary>
internal static class OfferJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(), new ProductIdConverter(), new ReasonConverter() },
    };

    public static string Write(OfferContent content) => JsonSerializer.Serialize(content, Options);

    public static OfferContent Read(string json) => JsonSerializer.Deserialize<OfferContent>(json, Options)!;

    private sealed class ProductIdConverter : JsonConverter<ProductId>
    {
        public override ProductId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetGuid());

        public override void Write(Utf8JsonWriter writer, ProductId id, JsonSerializerOptions options) => writer.WriteStringValue(id.Value);
    }

    /// <summary>A code and its arguments: texts, numbers, and money as an object.</summary>
    private sealed class ReasonConverter : JsonConverter<PriceReason>
    {
        public override PriceReason Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            using var json = JsonDocument.ParseValue(ref reader);
            var parts = json.RootElement.EnumerateArray().ToList();
            return new(Enum.Parse<PriceReasonCode>(parts[0].GetString()!), [.. parts.Skip(1).Select(Argument)]);
        }

        public override void Write(Utf8JsonWriter writer, PriceReason reason, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(reason.Code.ToString());
            foreach (var argument in reason.Args)
                if (argument is decimal number) writer.WriteNumberValue(number);
                else if (argument is Money money) JsonSerializer.Serialize(writer, money, options);
                else writer.WriteStringValue(argument.ToString());
            writer.WriteEndArray();
        }

        private static object Argument(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDecimal(),
            JsonValueKind.Object => new Money(value.TryGetProperty(nameof(Money.Amount), out var amount) ? amount.GetDecimal() : 0, value.GetProperty(nameof(Money.Currency)).GetString()!),
            _ => value.GetString()!,
        };
    }
}
