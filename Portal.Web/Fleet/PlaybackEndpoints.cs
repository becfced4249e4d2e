using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Fleet;

/// <summary>Stored tracks in the format the map plays.</summary>
internal static class PlaybackEndpoints
{
    private const int LongestList = 40_000;

    /// <summary>Maps <c>/fleet/tracks?from&amp;to&amp;vehicles</c>; <c>vehicles</c> are ids parted by commas, all when absent.</summary>
    public static void MapPlayback(this IEndpointRouteBuilder routes) => routes.MapGet("/fleet/tracks", TracksAsync).RequireAuthorization();

    private static async Task<IResult> TracksAsync(HttpContext http, DateTimeOffset from, DateTimeOffset to, string? vehicles, PlaybackQuery playback, Texts texts)
    {
        var chosen = new List<VehicleId>();
        if (vehicles is { Length: > LongestList }) return Results.BadRequest();
        foreach (var id in (vehicles ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Guid.TryParse(id, out var vehicle)) return Results.BadRequest();
            chosen.Add(new(vehicle));
        }
        try
        {
            var tracks = await playback.TracksAsync(new Period(from.ToUniversalTime(), to.ToUniversalTime()), chosen, await http.ActorAsync(), http.RequestAborted);
            var frame = new MemoryStream();
            TrackFrame.Write(frame, from, [.. tracks.Select(Track)]);
            return Results.Bytes(frame.GetBuffer().AsMemory(0, (int)frame.Length), TrackFrame.MediaType);
        }
        catch (RuleBrokenException refusal)
        {
            return Results.Text(texts.Of(refusal), statusCode: refusal.Code == "identity.not-allowed" ? StatusCodes.Status403Forbidden : StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static VehicleTrack Track(PlaybackTrack track) => new(track.Vehicle.Id.Value, track.Vehicle.Plate, track.Vehicle.Driver ?? "",
        [.. track.Fixes.Select(f => new TrackFix(f.Time, f.Point, f.HeadingDeg, f.SpeedKmh ?? 0, f.Status, PositionFlags.None))]);
}
