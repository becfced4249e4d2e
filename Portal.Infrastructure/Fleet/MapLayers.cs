using Microsoft.EntityFrameworkCore;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>The administrator's layers of the map.</summary>
public sealed class MapLayers(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>All layers in the order of drawing; archived ones last.</summary>
    public async Task<IReadOnlyList<MapLayer>> ListAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapLayersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<MapLayer>().AsNoTracking().OrderBy(l => l.Archived).ThenBy(l => l.Position).ThenBy(l => l.Id).ToListAsync(ct);
    }

    /// <summary>Adds a layer from a GeoJSON file, plain or gzip.</summary>
    /// <exception cref="RuleBrokenException">What <see cref="GeoJsonFile.ReadAsync"/> refuses.</exception>
    public async Task<MapLayerId> AddAsync(string name, bool isOverlay, Stream geoJson, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapLayersManage);
        await using var db = contexts.CreateFor(actor);
        return await AddAsync(db, name, isOverlay, geoJson, time.GetUtcNow(), ct);
    }

    /// <summary>Adds a layer within the caller's transaction.</summary>
    internal static async Task<MapLayerId> AddAsync(PortalDb db, string name, bool isOverlay, Stream geoJson, DateTimeOffset now, CancellationToken ct)
    {
        var file = await GeoJsonFile.ReadAsync(geoJson, ct);
        var top = await db.Set<MapLayer>().MaxAsync(l => (int?)l.Position, ct) ?? 0;
        var layer = new MapLayer(MapLayerId.New(), name, isOverlay, top + 1, now);
        layer.Hold(file.Features, file.Gz.Length, file.Hash);
        db.Add(layer);
        db.Add(new MapLayerContent(layer.Id, file.Gz));
        await db.SaveChangesAsync(ct);
        return layer.Id;
    }

    /// <summary>Puts another file in place of a layer's.</summary>
    public async Task ReplaceAsync(MapLayerId id, Stream geoJson, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapLayersManage);
        var file = await GeoJsonFile.ReadAsync(geoJson, ct);
        await ChangeAsync(id, actor, async (db, layer) =>
        {
            var content = await db.Set<MapLayerContent>().SingleAsync(c => c.Layer == id, ct);
            content.Replace(file.Gz);
            layer.Hold(file.Features, file.Gz.Length, file.Hash);
        }, ct);
    }

    /// <summary>Sets the name and whether the layer is drawn over tiles.</summary>
    public Task DescribeAsync(MapLayerId id, string name, bool isOverlay, Actor actor, CancellationToken ct) =>
        ChangeAsync(id, actor, layer => layer.Describe(name, isOverlay), ct);

    /// <summary>Shows or hides a layer on every map.</summary>
    public Task ShowAsync(MapLayerId id, bool shown, Actor actor, CancellationToken ct) => ChangeAsync(id, actor, layer => layer.Show(shown), ct);

    /// <summary>Takes a layer off the maps for good, or brings it back.</summary>
    public Task ArchiveAsync(MapLayerId id, bool archived, Actor actor, CancellationToken ct) =>
        ChangeAsync(id, actor, layer => { if (archived) layer.Archive(); else layer.Restore(); }, ct);

    /// <summary>Draws a layer one step earlier (−1) or later (+1).</summary>
    public Task MoveAsync(MapLayerId id, int steps, Actor actor, CancellationToken ct) => ChangeAsync(id, actor, async (db, layer) =>
    {
        var order = await db.Set<MapLayer>().Where(l => !l.Archived).OrderBy(l => l.Position).ThenBy(l => l.Id).ToListAsync(ct);
        var from = order.FindIndex(l => l.Id == id);
        if (from < 0) return;
        order.RemoveAt(from);
        order.Insert(Math.Clamp(from + steps, 0, order.Count), layer);
        for (var i = 0; i < order.Count; i++) order[i].MoveTo(i + 1);
    }, ct);

    private Task ChangeAsync(MapLayerId id, Actor actor, Action<MapLayer> change, CancellationToken ct) =>
        ChangeAsync(id, actor, (_, layer) => { change(layer); return Task.CompletedTask; }, ct);

    private async Task ChangeAsync(MapLayerId id, Actor actor, Func<PortalDb, MapLayer, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.MapLayersManage);
        await using var db = contexts.CreateFor(actor);
        var layer = await db.Set<MapLayer>().SingleOrDefaultAsync(l => l.Id == id, ct) ?? throw new RuleBrokenException("fleet.layer-unknown");
        await change(db, layer);
        await db.SaveChangesAsync(ct);
    }
}
