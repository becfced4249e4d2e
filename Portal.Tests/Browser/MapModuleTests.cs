using System.Text.Json;
using Microsoft.Playwright;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Tests.Support;
using Portal.Web.Fleet;

namespace Portal.Tests.Browser;

/// <summary>The map's modules in the browser that runs them.</summary>
public sealed class MapModuleTests(PortalApp app) : IClassFixture<PortalApp>, IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);
    private BrowserWindow window = null!;

    public async Task InitializeAsync()
    {
        window = await Chromium.OpenAsync(app.Address);
        await window.GoToAsync("/signin");
    }

    public async Task DisposeAsync() => await window.DisposeAsync();

    [Fact]
    public async Task Frame_WrittenByTheServer_IsReadByTheModule()
    {
        var frame = FleetFrame.Encode(Now, [
            new(7, new GeoPoint(47.1234567, 28.7654321), Now.AddSeconds(-4), 90, 36, VehicleStatus.OnBoard),
            new(8, new GeoPoint(-12.5, -77.25), Now.AddMinutes(-9), null, 0, VehicleStatus.OffShift)], [5], snapshot: false);

        var read = await RunAsync("""
            const { VehicleStore, BEARINGS } = await import('/map/vehicle-store.js');
            const { applyFrame } = await import('/map/fleet-frame.js');
            const store = new VehicleStore(1);
            store.put(5, 1, 1, 0, 0, 0, 0, 0);
            const { serverTime, times } = applyFrame(bytes, store);
            return { serverTime, newest: Math.max(...times), gone: store.slotOf(5) < 0, BEARINGS, vehicles: [7, 8].map(handle => {
              const i = store.slotOf(handle);
              return { latitude: store.latitude(i), longitude: store.longitude(i), time: store.time[i], bearing: store.bearing[i], speed: store.speed[i], status: store.status[i] };
            }) };
            """, frame);

        Assert.Equal(Now.ToUnixTimeMilliseconds(), read.GetProperty("serverTime").GetInt64());
        Assert.Equal(Now.AddSeconds(-4).ToUnixTimeMilliseconds(), read.GetProperty("newest").GetInt64());
        Assert.True(read.GetProperty("gone").GetBoolean());
        var (moving, standing) = (read.GetProperty("vehicles")[0], read.GetProperty("vehicles")[1]);
        Assert.Equal(47.1234567, moving.GetProperty("latitude").GetDouble(), 1e-6);
        Assert.Equal(28.7654321, moving.GetProperty("longitude").GetDouble(), 1e-6);
        Assert.Equal(8, moving.GetProperty("bearing").GetInt32());
        Assert.Equal(360, moving.GetProperty("speed").GetInt32());
        Assert.Equal((int)VehicleStatus.OnBoard, moving.GetProperty("status").GetInt32());
        Assert.Equal(-12.5, standing.GetProperty("latitude").GetDouble(), 1e-6);
        Assert.Equal(read.GetProperty("BEARINGS").GetInt32(), standing.GetProperty("bearing").GetInt32());
        Assert.Equal(Now.AddMinutes(-9).ToUnixTimeMilliseconds(), standing.GetProperty("time").GetInt64());
    }

    [Fact]
    public async Task Extent_OfTracksWithAFixFarAway_IsThatOfTheTown()
    {
        var extent = await RunAsync("""
            const { gatheredExtent } = await import('/map/gathered.js');
            const track = (...points) => ({ latitude: Int32Array.from(points, p => p[0] * 1e7), longitude: Int32Array.from(points, p => p[1] * 1e7) });
            const town = track(...Array.from({ length: 2000 }, (_, i) => [37.7 + i / 20_000, -122.5 + i / 20_000]), [34.72, -119.2]);
            return { busy: gatheredExtent({ vehicles: [track([34.72, -119.2]), town] }), nothing: gatheredExtent({ vehicles: [track()] }) };
            """, []);

        var corners = extent.GetProperty("busy").EnumerateArray().SelectMany(corner => corner.EnumerateArray()).Select(degrees => Math.Round(degrees.GetDouble(), 3));
        Assert.Equal([37.7, -122.5, 37.8, -122.4], corners);
        Assert.Equal(0, extent.GetProperty("nothing").GetArrayLength());
    }

    [Fact]
    public async Task Snapshot_ForgetsVehiclesItDoesNotName()
    {
        var frame = FleetFrame.Encode(Now, [new(2, new GeoPoint(1, 1), Now, 0, 0, VehicleStatus.Free)], [], snapshot: true);

        var handles = await RunAsync("""
            const { VehicleStore } = await import('/map/vehicle-store.js');
            const { applyFrame } = await import('/map/fleet-frame.js');
            const store = new VehicleStore();
            for (const handle of [1, 2, 3]) store.put(handle, 0, 0, 0, 0, 0, 0, 0);
            applyFrame(bytes, store);
            return [...store.handle.subarray(0, store.count)];
            """, frame);

        Assert.Equal([2], handles.Deserialize<int[]>()!);
    }

    [Fact]
    public async Task Tracks_WrittenByTheServer_ArePlayedBetweenTheirFixesAndHeldOverGaps()
    {
        TrackFix Fix(double minutes, double latitude, double heading) => new(Now.AddMinutes(minutes), new GeoPoint(latitude, 28), heading, 40, VehicleStatus.Free, PositionFlags.None);
        using var stream = new MemoryStream();
        TrackFrame.Write(stream, Now, [
            new(Guid.NewGuid(), "AB 1", "Ї", []),
            new(Guid.NewGuid(), "AB 123", "Ірина", [Fix(1, 47.0, 350), Fix(2, 47.1, 10), Fix(20, 47.5, 10)])]);

        var played = await RunAsync("""
            const { readTracks } = await import('/map/track-frame.js');
            const { fixBefore, positionAt } = await import('/map/playback.js');
            const tracks = readTracks(bytes.slice().buffer);
            const track = tracks.vehicles[1];
            const at = minutes => {
              const time = track.base + minutes * 60000;
              const index = fixBefore(track.time, minutes * 60000);
              return index < 0 ? null : { ...positionAt(track, index, time), age: time - positionAt(track, index, time).time };
            };
            return { from: tracks.from, to: tracks.to, label: track.label, empty: tracks.vehicles[0].time.length, before: at(0.5), between: at(1.5), gap: at(12), after: at(25) };
            """, stream.ToArray());

        Assert.Equal(Now.AddMinutes(1).ToUnixTimeMilliseconds(), played.GetProperty("from").GetInt64());
        Assert.Equal(Now.AddMinutes(20).ToUnixTimeMilliseconds(), played.GetProperty("to").GetInt64());
        Assert.Equal("Ірина", played.GetProperty("label").GetString());
        Assert.Equal(0, played.GetProperty("empty").GetInt32());
        Assert.Equal(JsonValueKind.Null, played.GetProperty("before").ValueKind);
        Assert.Equal(47.05, played.GetProperty("between").GetProperty("latitude").GetDouble(), 1e-6);
        Assert.Equal(0, played.GetProperty("between").GetProperty("heading").GetDouble() % 36000, 1e-6);
        Assert.Equal(47.1, played.GetProperty("gap").GetProperty("latitude").GetDouble(), 1e-6);
        Assert.Equal(TimeSpan.FromMinutes(10).TotalMilliseconds, played.GetProperty("gap").GetProperty("age").GetDouble(), 1e-3);
        Assert.Equal(47.5, played.GetProperty("after").GetProperty("latitude").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task Clock_OfThePlayback_RunsAtItsRateStandsAndStopsAtTheEnd()
    {
        var times = await RunAsync("""
            const { PlaybackClock } = await import('/map/playback.js');
            const clock = new PlaybackClock(0, 100000);
            const seen = [clock.now(50)];
            clock.setRate(60, 100);
            clock.play(1000);
            seen.push(clock.now(1500));
            clock.pause(1500);
            seen.push(clock.now(9000));
            clock.seek(90000, 9000);
            clock.play(9000);
            seen.push(clock.now(10000), clock.playing);
            return seen;
            """);

        Assert.Equal([0, 30_000, 30_000, 100_000], times.EnumerateArray().Take(4).Select(t => t.GetInt32()));
        Assert.False(times[4].GetBoolean());
    }

    [Fact]
    public async Task FixBefore_WhateverTheHint_FindsTheLastFixNotAfterTheTime()
    {
        var wrong = await RunAsync("""
            const { fixBefore } = await import('/map/playback.js');
            let seed = 7;
            const random = n => (seed = seed * 16807 % 2147483647) % n;
            const wrong = [];
            for (let round = 0; round < 2000; round++) {
              const times = Int32Array.from({ length: random(40) }, () => random(500)).sort();
              const time = random(600) - 50, hint = random(60);
              const found = fixBefore(times, time, hint);
              // Of equal times any may be found.
              const right = found < 0 ? times.length === 0 || times[0] > time : times[found] <= time && (found + 1 >= times.length || times[found + 1] >= time);
              if (!right) wrong.push([...times, time, hint, found]);
            }
            return wrong;
            """);

        Assert.Equal(0, wrong.GetArrayLength());
    }

    [Fact]
    public async Task Groups_HoldEveryCrowdedPointOnceAndStandWhileTheMapIsDragged()
    {
        var found = await RunAsync("""
            const { discRadius, groupByCell } = await import('/map/clusters.js');
            let seed = 3;
            const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;
            const n = 3000, xs = Float64Array.from({ length: n }, () => random() * 800), ys = Float64Array.from({ length: n }, () => random() * 600);
            const sorted = r => r.groups.map(g => g.members.join()).sort();
            const here = groupByCell(xs, ys, n, 1000, 2000, 6);
            const dragged = groupByCell(xs.map(x => x - 37), ys.map(y => y + 11), n, 1037, 1989, 6);
            const members = here.groups.flatMap(g => g.members);
            const over = here.groups.flatMap((a, i) => here.groups.slice(i + 1).filter(b => Math.hypot(a.x - b.x, a.y - b.y) < discRadius(a.members.length) + discRadius(b.members.length) - 1e-6));
            return { over: over.length, same: JSON.stringify(sorted(here)) === JSON.stringify(sorted(dragged)), once: new Set(members).size === members.length,
              marked: members.every(i => here.groups[here.groupOf[i]].members.includes(i)), single: here.groupOf.filter(g => g < 0).length + members.length === n, groups: here.groups.length };
            """);

        Assert.True(found.GetProperty("same").GetBoolean());
        Assert.True(found.GetProperty("once").GetBoolean());
        Assert.True(found.GetProperty("marked").GetBoolean());
        Assert.True(found.GetProperty("single").GetBoolean());
        Assert.Equal(0, found.GetProperty("over").GetInt32());
        Assert.True(found.GetProperty("groups").GetInt32() > 50);
    }

    private async Task<JsonElement> RunAsync(string script, byte[]? bytes = null) => (await window.Page.EvaluateAsync<JsonElement?>(
        $"async text => {{ const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0)); {script} }}", Convert.ToBase64String(bytes ?? [])))!.Value;
}
