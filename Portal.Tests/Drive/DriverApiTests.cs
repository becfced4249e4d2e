using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Infrastructure.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Drive;

public sealed partial class DriverApiTests(DriverWorld world) : IClassFixture<DriverWorld>
{
    private sealed record Answer(bool Done, string? Code, string? Text);

    private async Task<HttpClient> SignInAsync(string user)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = world.Address };
        var page = await client.GetStringAsync("/signin");
        var fields = new Dictionary<string, string>
        {
            ["_handler"] = "signin", ["Form.Name"] = user, ["Form.Password"] = PortalApp.Password,
            ["__RequestVerificationToken"] = TokenPattern().Match(page).Groups[1].Value,
        };
        Assert.Equal(HttpStatusCode.Redirect, (await client.PostAsync("/signin", new FormUrlEncodedContent(fields))).StatusCode);
        client.DefaultRequestHeaders.Add("X-Portal-Page", "driver");
        return client;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, object command) => client.PostAsJsonAsync("/api/driver/commands", command);

    private static async Task<(HttpStatusCode Status, Answer Answer)> TellAsync(HttpClient client, object command)
    {
        var response = await SendAsync(client, command);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<Answer>())!);
    }

    private static object Step(string key, TripId trip, TripState to, double secondsAgo = 0) => Command(key, "Advance", secondsAgo, trip, to);

    private static object Command(string key, string kind, double secondsAgo = 0, TripId? trip = null, TripState? to = null, string? reason = null)
    {
        // a phone whose clock is a day ahead: only the difference of both times may count
        var sent = TimeProvider.System.GetUtcNow().AddDays(1);
        return new { key, kind, at = sent.AddSeconds(-secondsAgo), sentAt = sent, trip = trip?.Value, to = to?.ToString(), reason };
    }

    private async Task<(HttpClient Client, Vehicle Vehicle, Driver Driver)> OnShiftAsync(string user, string language = "en")
    {
        var (driver, vehicle) = await world.DriverAsync(user, language);
        var client = await SignInAsync(user);
        Assert.Equal(HttpStatusCode.OK, (await TellAsync(client, Command("start", "StartShift"))).Status);
        return (client, vehicle, driver);
    }

    [Fact]
    public async Task Day_ShowsTheShiftAndTheTripsInOrder()
    {
        var (client, vehicle, _) = await OnShiftAsync("day");
        var later = await world.TripAsync(vehicle, 60);
        var sooner = await world.TripAsync(vehicle, 5);

        var day = await client.GetFromJsonAsync<JsonElement>("/api/driver/day");

        Assert.Equal(vehicle.Plate, day.GetProperty("shift").GetProperty("plate").GetString());
        Assert.Equal([sooner.Value, later.Value], day.GetProperty("trips").EnumerateArray().Select(t => t.GetProperty("id").GetGuid()));
        Assert.Equal("3", day.GetProperty("trips")[0].GetProperty("pickup").GetProperty("door").GetString());
    }

    [Fact]
    public async Task Day_Unchanged_AnswersNothingButThat()
    {
        var (client, _, _) = await OnShiftAsync("unchanged");
        var tag = (await client.GetAsync("/api/driver/day")).Headers.ETag!;
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/driver/day");
        again.Headers.IfNoneMatch.Add(tag);

        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task Commands_FromAcceptToDone_CarryTheTimesOfThePhone()
    {
        var (client, vehicle, _) = await OnShiftAsync("steps");
        var trip = await world.TripAsync(vehicle);
        var before = TimeProvider.System.GetUtcNow();
        // pressed while offline, sent in order
        foreach (var (to, ago) in new[] { (TripState.Accepted, 0.4), (TripState.OnTheWay, 0.3), (TripState.Arrived, 0.2), (TripState.OnBoard, 0.1), (TripState.Completed, 0.0) })
            Assert.Equal(HttpStatusCode.OK, (await TellAsync(client, Step($"s-{to}", trip, to, ago))).Status);

        var done = await world.LoadAsync(trip);

        Assert.Equal(TripState.Completed, done.State);
        Assert.True(done.AcceptedAt <= done.DepartedAt && done.DepartedAt <= done.ArrivedAt && done.ArrivedAt <= done.BoardedAt && done.BoardedAt <= done.EndedAt);
        Assert.InRange(done.EndedAt!.Value, before.AddSeconds(-1), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task StartShift_PressedAnHourAgo_StartsAnHourAgo()
    {
        var (driver, _) = await world.DriverAsync("hour");
        var client = await SignInAsync("hour");

        Assert.Equal(HttpStatusCode.OK, (await TellAsync(client, Command("k", "StartShift", 3600))).Status);

        var started = Assert.Single(await world.ShiftsAsync(driver.Id)).StartedAt!.Value;
        Assert.InRange(TimeProvider.System.GetUtcNow() - started, TimeSpan.FromMinutes(59.9), TimeSpan.FromMinutes(62));
    }

    [Fact]
    public async Task Accept_SentFiftyTimesAtOnce_HappensOnce_AndAllGetTheSameAnswer()
    {
        var (client, vehicle, _) = await OnShiftAsync("fifty");
        var trip = await world.TripAsync(vehicle);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TellAsync(client, Step("one", trip, TripState.Accepted))));

        Assert.All(answers, a => Assert.Equal((HttpStatusCode.OK, new Answer(true, null, null)), a));
        Assert.Single((await world.LoadAsync(trip)).Events, e => e.Action == TripAction.Accepted);
    }

    [Fact]
    public async Task Accept_FiftyTimesUnderFiftyKeys_HappensOnce()
    {
        var (client, vehicle, _) = await OnShiftAsync("keys");
        var trip = await world.TripAsync(vehicle);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => TellAsync(client, Step($"k{i}", trip, TripState.Accepted))));

        Assert.Single(answers, a => a.Answer.Done);
        Assert.Single((await world.LoadAsync(trip)).Events, e => e.Action == TripAction.Accepted);
    }

    [Fact]
    public async Task Trip_OfAnotherDriver_IsNotFound_AndStaysAsItIs()
    {
        var (_, vehicle, _) = await OnShiftAsync("owner");
        var (thief, _, _) = await OnShiftAsync("thief");
        var trip = await world.TripAsync(vehicle);

        foreach (var kind in new[] { "Advance", "Undo", "NoShow", "Fail" })
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(thief, Command($"t-{kind}", kind, 0, trip, TripState.Accepted, "because"))).StatusCode);

        Assert.Equal((TripState.Assigned, 2), (await world.LoadAsync(trip)).State is var state ? (state, (await world.LoadAsync(trip)).Events.Count) : default);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(thief, Step("none", TripId.New(), TripState.Accepted))).StatusCode);
    }

    [Fact]
    public async Task Trip_GivenToAnotherMeanwhile_IsRefusedInWords_AndTheSameWordsAgain()
    {
        var (client, vehicle, _) = await OnShiftAsync("former", "uk");
        var (_, other, _) = await OnShiftAsync("heir");
        var trip = await world.TripAsync(vehicle);
        await world.Services.GetRequiredService<TripAssignment>().ReassignAsync(trip, other.Id, world.Dispatcher);

        var first = await TellAsync(client, Step("late", trip, TripState.Accepted));
        var second = await TellAsync(client, Step("late", trip, TripState.Accepted));

        Assert.Equal((HttpStatusCode.Conflict, "driver.trip-taken"), (first.Status, first.Answer.Code));
        Assert.Contains("вже не ваша", first.Answer.Text);
        Assert.Equal(first, second);
        var after = await world.LoadAsync(trip);
        Assert.Equal(TripState.Assigned, after.State);
        Assert.Equal("Accepted", Assert.Single(after.Events, e => e.Action == TripAction.Untaken).Reason);
    }

    /// <summary>What a driver did without network is not lost where the dispatcher took the trip back meanwhile.</summary>
    [Fact]
    public async Task Steps_ToldAfterTheTripWasReleased_StandInItsHistory_AndChangeNothing()
    {
        var (client, vehicle, _) = await OnShiftAsync("tunnel");
        var trip = await world.TripAsync(vehicle);
        await world.Services.GetRequiredService<TripAssignment>().ReleaseAsync(trip, null, world.Dispatcher);

        foreach (var command in new[] { Step("t1", trip, TripState.Arrived, 900), Command("t2", "NoShow", 600, trip, reason: "Nobody came") })
        {
            Assert.Equal((HttpStatusCode.Conflict, "driver.trip-taken"), await TellAsync(client, command) is var (status, answer) ? (status, answer.Code) : default);
            await TellAsync(client, command);
        }

        var after = await world.LoadAsync(trip);
        Assert.Equal((TripState.Requested, TripAction.Released), (after.State, after.LastStanding.Action));
        var told = after.Events.Where(e => e.Action == TripAction.Untaken).OrderBy(e => e.Ordinal).ToList();
        Assert.Equal(["Arrived", "NoShow Nobody came"], told.Select(e => e.Reason));
        Assert.All(told, e => Assert.NotEqual(world.Dispatcher.UserId, e.ByUser));
        Assert.True(told[1].At - told[0].At > TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task Trip_CancelledMeanwhile_IsRefusedWithWhatBecameOfIt()
    {
        var (client, vehicle, _) = await OnShiftAsync("cancelled");
        var trip = await world.TripAsync(vehicle);
        await world.Services.GetRequiredService<TripProgress>().CancelAsync(trip, "Caller rang off", world.Dispatcher);

        var (status, answer) = await TellAsync(client, Step("x", trip, TripState.Accepted));

        Assert.Equal((HttpStatusCode.Conflict, "driver.trip-ended"), (status, answer.Code));
        Assert.Contains("cancelled", answer.Text);
    }

    [Fact]
    public async Task Undo_RightAfterAStep_TakesItBack_AndLaterIsRefused()
    {
        var (client, vehicle, _) = await OnShiftAsync("undo");
        var trip = await world.TripAsync(vehicle);
        await TellAsync(client, Step("a", trip, TripState.Accepted));

        Assert.True((await TellAsync(client, Command("u", "Undo", 0, trip))).Answer.Done);
        Assert.Equal(TripState.Assigned, (await world.LoadAsync(trip)).State);

        await TellAsync(client, Step("b", trip, TripState.Accepted));
        await using (var db = world.Open())
            await db.Database.ExecuteSqlAsync($"update dispatch.trip_event set at = at - interval '1 minute' where trip = {trip.Value}");
        Assert.Equal("driver.undo-late", (await TellAsync(client, Command("v", "Undo", 0, trip))).Answer.Code);
        Assert.Equal(TripState.Accepted, (await world.LoadAsync(trip)).State);
    }

    [Fact]
    public async Task Command_KeptForTwoDays_IsRefused()
    {
        var (client, vehicle, _) = await OnShiftAsync("old");
        var trip = await world.TripAsync(vehicle);

        Assert.Equal("driver.too-late", (await TellAsync(client, Step("o", trip, TripState.Accepted, 48 * 3600))).Answer.Code);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", false)]
    [InlineData("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", true)]
    public async Task Command_OfAClockThatStandsAnywhere_IsCarriedOutOrRefusedInWords(string at, string sentAt, bool done)
    {
        var (_, vehicle) = await world.DriverAsync($"clock-{done}");
        var client = await SignInAsync($"clock-{done}");

        var (status, answer) = await TellAsync(client, new { key = "start", kind = "StartShift", at, sentAt, vehicle = vehicle.Id.Value });

        Assert.Equal((done ? HttpStatusCode.OK : HttpStatusCode.Conflict, done ? null : "driver.too-late"), (status, answer.Code));
    }

    [Fact]
    public async Task Note_OfOtherWordsUnderTheSameKey_IsRefused_AndTheSameWordsAreNot()
    {
        var (client, vehicle, _) = await OnShiftAsync("words");
        var trip = await world.TripAsync(vehicle);
        object Note(string words) => new { key = "note", kind = "Note", at = DateTimeOffset.UtcNow, sentAt = DateTimeOffset.UtcNow, trip = trip.Value, note = words };
        Assert.True((await TellAsync(client, Note("gate is locked"))).Answer.Done);

        Assert.True((await TellAsync(client, Note("gate is locked"))).Answer.Done);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(client, Note("gate is open"))).StatusCode);

        Assert.Equal(["gate is locked"], (await world.LoadAsync(trip)).Events.Where(e => e.Action == TripAction.Noted).Select(e => e.Reason!));
    }

    [Fact]
    public async Task Command_WithoutThePagesHeader_IsRefused()
    {
        var (client, vehicle, _) = await OnShiftAsync("crosssite");
        var trip = await world.TripAsync(vehicle);
        client.DefaultRequestHeaders.Remove("X-Portal-Page");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(client, Step("x", trip, TripState.Accepted))).StatusCode);

        client.DefaultRequestHeaders.Add("X-Portal-Page", "driver");
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(client, Step("x", trip, TripState.Accepted))).StatusCode);
        Assert.Equal(TripState.Assigned, (await world.LoadAsync(trip)).State);
    }

    [Theory]
    [InlineData("portal=forged")]
    [InlineData("portal=CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(null)]
    public async Task Api_WithAForgedCookieOrNone_IsClosed(string? cookie)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = world.Address };
        if (cookie is not null) client.DefaultRequestHeaders.Add("Cookie", cookie);
        client.DefaultRequestHeaders.Add("X-Portal-Page", "driver");

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/driver/day")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(client, Command("x", "StartShift"))).StatusCode);
    }

    [Fact]
    public async Task Api_ForADispatcher_IsClosed()
    {
        await world.AddUserAsync("desk", Domain.Identity.StandardRoles.Dispatcher);
        var client = await SignInAsync("desk");

        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/driver/day")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(client, Command("x", "StartShift"))).StatusCode);
    }

    [Theory]
    [InlineData("""{"key":"x","kind":"Advance"}""")]
    [InlineData("""{"key":"x","kind":"Explode","at":"2026-03-02T09:00:00Z","sentAt":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"key":"x","kind":3,"at":"2026-03-02T09:00:00Z","sentAt":"2026-03-02T09:00:00Z"}""")]
    [InlineData("not json")]
    public async Task Command_Malformed_IsABadRequestWithoutATrace(string body)
    {
        var (client, _, driver) = await OnShiftAsync("bad" + body.Length + body.GetHashCode(StringComparison.Ordinal));

        var response = await client.PostAsync("/api/driver/commands", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.InRange((int)response.StatusCode, 400, 409);
        Assert.DoesNotContain("   at ", await response.Content.ReadAsStringAsync());
        Assert.Single(await world.ShiftsAsync(driver.Id));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex TokenPattern();
}
