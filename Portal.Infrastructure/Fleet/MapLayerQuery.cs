using Npgsql;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>A layer as a map lists it.</summary>
public sealed record ShownLayer(MapLayerId Id, string Name, bool IsOverlay, string Hash);

/// <summary>What maps read of the layers: for everybody of the staff whose role shows him a map.</summary>
public sealed class MapLayerQuery(NpgsqlDataSource database)
{
    private static readonly string[] ShowAMap =
        [Permissions.FleetRead, Permissions.BoardRead, Permissions.TripRegister, Permissions.TracksRead, Permissions.Reenact, Permissions.MapLayersManage, Permissions.ClientsRead];

    /// <summary>Layers to draw, lowest first.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.none-allowed</c></exception>
    public async Task<IReadOnlyList<ShownLayer>> ShownAsync(Actor viewer, CancellationToken ct)
    {
        viewer.RequireAny(ShowAMap);
        await using var command = database.CreateCommand("select id, name, is_overlay, hash from fleet.map_layer where shown and not archived order by position, id");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var layers = new List<ShownLayer>();
        while (await reader.ReadAsync(ct)) layers.Add(new(new(reader.GetGuid(0)), reader.GetString(1), reader.GetBoolean(2), reader.GetString(3)));
        return layers;
    }

    /// <summary>The GeoJSON of a shown layer, gzip-compressed, with its hash; null when there is none.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.none-allowed</c></exception>
    public async Task<(byte[] GeoJsonGz, string Hash)?> ContentAsync(MapLayerId id, Actor viewer, CancellationToken ct)
    {
        viewer.RequireAny(ShowAMap);
        await using var command = database.CreateCommand(
            "select c.geo_json_gz, l.hash from fleet.map_layer l join fleet.map_layer_content c on c.layer = l.id where l.id = $1 and l.shown and not l.archived");
        command.Parameters.Add(new() { Value = id.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetFieldValue<byte[]>(0), reader.GetString(1)) : null;
    }
}
