using System.Text.Json;
using System.Text.Json.Serialization;
using Portal.Domain.Pricing;

namespace Portal.Infrastructure.Pricing;

/// <summary>A product's id in the JSON of a document's lines: the bare uuid.</summary>
internal sealed class ProductIdConverter : JsonConverter<ProductId>
{
    public override ProductId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetGuid());

    public override void Write(Utf8JsonWriter writer, ProductId id, JsonSerializerOptions options) => writer.WriteStringValue(id.Value);
}
