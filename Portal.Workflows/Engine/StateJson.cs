using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portal.Workflows.Engine;

/// <summary>States, stimuli and commands as JSON, in a form that stays the same from build to build.</summary>
public static class StateJson
{
    /// <summary>Options for everything the engine takes and gives.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes a state.</summary>
    public static string Write(InstanceState state) => JsonSerializer.Serialize(state, Options);

    /// <summary>Reads a state.</summary>
    /// <exception cref="JsonException">the text is no state</exception>
    public static InstanceState Read(string json) =>
        JsonSerializer.Deserialize<InstanceState>(json, Options) ?? throw new JsonException("The state is null.");
}
