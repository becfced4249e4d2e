using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A day with thousands of orders on one board.</summary>
public sealed class CrowdedBoardTests(BoardApp app) : IClassFixture<BoardApp>
{
    private const int Trips = 3000;

    [Fact]
    public async Task Board_OfThousandsOfTrips_ScrollsToTheLastAndDrawsWhatIsSeen()
    {
        await using (var fill = app.Database.Owner.CreateCommand($"""
            insert into dispatch.trip (id, number, branch, caller_name, pickup_address, dropoff_address, pickup_from, pickup_until,
                    passengers, needs_seats, needs_payload_kg, needs_volume_m3, needs_equipment, state, requested_at)
                select gen_random_uuid(), nextval('dispatch.trip_number'), b.id, 'Caller ' || i, 'Street ' || i, 'Road ' || i, now() + i * interval '1 second', now() + i * interval '1 second' + interval '1 hour',
                       1, 0, 0, 0, array[]::text[], 'Requested', now()
                from generate_series(1, {Trips}) i, (select id from identity.branch limit 1) b
            """)) await fill.ExecuteNonQueryAsync();
        app.Services.GetRequiredService<LiveChanges>().Publish([new LiveChange(new(ObjectKind.Setting, Guid.Empty), null, Guid.Empty, "")]);
        await Wait.UntilAsync(() => app.Board.Current.Waiting.Length == Trips, "the trips on the board");
        await using var window = await app.OpenBoardAsync("ida");
        var list = window.Page.Locator("[data-list=waiting]");
        var rows = list.Locator("[role=option]");
        await Expect(rows.First).ToContainTextAsync("Street 1 ");

        // the height of what is not drawn is an estimate that the scrolling makes good
        await Wait.UntilAsync(async () =>
        {
            await list.EvaluateAsync("element => element.scrollTop = element.scrollHeight");
            return (await rows.Last.TextContentAsync())!.Contains($"Street {Trips} ", StringComparison.Ordinal);
        }, "the last trip of the list");

        Assert.InRange(await rows.CountAsync(), 2, 100);
        await window.Page.Keyboard.PressAsync("]");
        await window.Page.Locator("table [data-trip]").First.WaitForAsync();
        Assert.InRange(await window.Page.Locator("table [data-trip]").CountAsync(), 2, 150);
        window.AssertClean();
    }
}
