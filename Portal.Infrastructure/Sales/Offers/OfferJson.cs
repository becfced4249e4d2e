using System.Text.Json;
using System.Text.Json.Serialization;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Pricing;

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

    /// <summary>A code and its arguments: texts, numbers, and money as an object.</summary>
    private sealed class ReasonConverter : JsonConverter<PriceReason>
    {
        public override PriceReason Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            reader.Read();
            var code = Enum.Parse<PriceReasonCode>(reader.GetString()!);
            var arguments = new List<object>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) arguments.Add(Argument(ref reader, options));
            return new(code, [.. arguments]);
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

        private static object Argument(ref Utf8JsonReader reader, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Number => reader.GetDecimal(),
            JsonTokenType.StartObject => JsonSerializer.Deserialize<Money>(ref reader, options),
            _ => reader.GetString()!,
        };
    }
}
