using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>A checked GeoJSON file, compressed. The hash is the SHA-256 of <paramref name="Gz"/> in hex.</summary>
public sealed record GeoJsonFile(byte[] Gz, int Features, string Hash)
{
    /// <summary>Largest file accepted, bytes as sent.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Largest file accepted, bytes unpacked.</summary>
    public const int MaxUnpackedBytes = 64 << 20;

    /// <summary>Most features accepted.</summary>
    public const int MaxFeatures = 200_000;

    // Points, lines and areas lie this many arrays deep.
    private static readonly Dictionary<string, int> Depths = new()
    {
        ["Point"] = 0, ["MultiPoint"] = 1, ["LineString"] = 1, ["MultiLineString"] = 2, ["Polygon"] = 2, ["MultiPolygon"] = 3,
    };

    /// <summary>Reads and checks a file, plain or gzip (told by its first bytes, not by its name).</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>fleet.layer-too-large</c>, <c>fleet.layer-not-json</c> (line), <c>fleet.layer-not-collection</c>, <c>fleet.layer-empty</c>,
    /// <c>fleet.layer-too-many</c>, <c>fleet.layer-geometry</c> and <c>fleet.layer-coordinates</c> (number of the feature)
    /// </exception>
    public static async Task<GeoJsonFile> ReadAsync(Stream from, CancellationToken ct)
    {
        var sent = await ReadToEndAsync(from, MaxBytes, ct);
        var json = sent is [0x1F, 0x8B, ..] ? await UnpackAsync(sent, ct) : sent;
        var features = Check(json);
        var gz = Pack(json);
        return new(gz, features, Convert.ToHexStringLower(SHA256.HashData(gz)));
    }

    private static async Task<byte[]> UnpackAsync(byte[] gz, CancellationToken ct)
    {
        try
        {
            await using var unpacked = new GZipStream(new MemoryStream(gz), CompressionMode.Decompress);
            return await ReadToEndAsync(unpacked, MaxUnpackedBytes, ct);
        }
        catch (InvalidDataException)
        {
            throw new RuleBrokenException("fleet.layer-not-json", 1);
        }
    }

    // Counts while it reads: a small file may unpack to more than there is memory.
    private static async Task<byte[]> ReadToEndAsync(Stream from, int limit, CancellationToken ct)
    {
        using var kept = new MemoryStream();
        var piece = new byte[81_920];
        for (int read; (read = await from.ReadAsync(piece, ct)) > 0;)
        {
            if (kept.Length + read > limit) throw new RuleBrokenException("fleet.layer-too-large", limit >> 20);
            kept.Write(piece, 0, read);
        }
        return kept.ToArray();
    }

    private static int Check(ReadOnlyMemory<byte> json)
    {
        if (json.Span is [0xEF, 0xBB, 0xBF, ..]) json = json[3..];
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            return Check(document.RootElement);
        }
        catch (JsonException broken)
        {
            throw new RuleBrokenException("fleet.layer-not-json", (broken.LineNumber ?? 0) + 1);
        }
    }

    private static int Check(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || Text(root, "type") != "FeatureCollection"
            || !root.TryGetProperty("features", out var features) || features.ValueKind != JsonValueKind.Array)
            throw new RuleBrokenException("fleet.layer-not-collection");
        var count = features.GetArrayLength();
        if (count == 0) throw new RuleBrokenException("fleet.layer-empty");
        if (count > MaxFeatures) throw new RuleBrokenException("fleet.layer-too-many", MaxFeatures);
        var number = 0;
        foreach (var feature in features.EnumerateArray())
        {
            number++;
            if (feature.ValueKind != JsonValueKind.Object || Text(feature, "type") != "Feature") throw new RuleBrokenException("fleet.layer-geometry", number);
            // A feature without a place is allowed by the standard (RFC 7946, 3.2).
            if (feature.TryGetProperty("geometry", out var geometry) && geometry.ValueKind != JsonValueKind.Null) CheckGeometry(geometry, number);
        }
        return count;
    }

    private static void CheckGeometry(JsonElement geometry, int number)
    {
        var type = geometry.ValueKind == JsonValueKind.Object ? Text(geometry, "type") : null;
        if (type == "GeometryCollection" && geometry.TryGetProperty("geometries", out var parts) && parts.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in parts.EnumerateArray()) CheckGeometry(part, number);
            return;
        }
        if (type is null || !Depths.TryGetValue(type, out var depth) || !geometry.TryGetProperty("coordinates", out var coordinates))
            throw new RuleBrokenException("fleet.layer-geometry", number);
        CheckCoordinates(coordinates, depth, number);
    }

    private static void CheckCoordinates(JsonElement coordinates, int depth, int number)
    {
        if (coordinates.ValueKind != JsonValueKind.Array) throw new RuleBrokenException("fleet.layer-geometry", number);
        if (depth > 0)
        {
            foreach (var inner in coordinates.EnumerateArray()) CheckCoordinates(inner, depth - 1, number);
            return;
        }
        if (coordinates.GetArrayLength() < 2 || coordinates[0].ValueKind != JsonValueKind.Number || coordinates[1].ValueKind != JsonValueKind.Number)
            throw new RuleBrokenException("fleet.layer-geometry", number);
        if (!new GeoPoint(coordinates[1].GetDouble(), coordinates[0].GetDouble()).IsOnGlobe) throw new RuleBrokenException("fleet.layer-coordinates", number);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Pack(ReadOnlySpan<byte> json)
    {
        using var packed = new MemoryStream();
        using (var gz = new GZipStream(packed, CompressionLevel.Optimal)) gz.Write(json);
        return packed.ToArray();
    }
}
