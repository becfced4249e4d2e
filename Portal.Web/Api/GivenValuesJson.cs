using System.Text.Json;
using System.Text.Json.Serialization;
using Portal.Workflows.Expressions;

namespace Portal.Web.Api;

/// <summary>The values of a request by name; <c>null</c> in their place is the same as leaving them out.</summary>
internal sealed class GivenValuesJson : JsonConverter<ContextValue>
{
    /// <inheritdoc/>
    public override ContextValue Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<Value>(ref reader, options) as ContextValue ?? throw new JsonException("Values stand in an object, by name.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ContextValue value, JsonSerializerOptions options) => JsonSerializer.Serialize<Value>(writer, value, options);
}
