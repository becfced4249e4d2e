using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>
/// Whatever the language, the screen, the view and the panel: no word of the board's head and filters is cut, nothing lies over another, and every
/// chip can be seen; of a row's chip, car and arrival each stands whole or not at all.
/// </summary>
public sealed class BoardHeadTests(BoardApp app) : IClassFixture<BoardApp>
{
    private static readonly (int Width, int Height)[] Screens = [(1280, 800), (1366, 768), (1440, 900), (1920, 1080)];

    [Theory]
    [InlineData("en")]
    [InlineData("ru")]
    [InlineData("uk")]
    [InlineData("ro")]
    [InlineData("id")]
    public async Task Head_OnEveryScreen_CutsNothing(string language)
    {
        // two branches to choose from, a trip that is late, one that will be and one on its way
        CompanyId company;
        await using (var db = app.Open()) company = await db.Set<Company>().Select(c => c.Id).SingleAsync();
        await app.SaveAsync(new Branch(BranchId.New(), company, $"Branch of {language}", "Etc/UTC"));
        var late = await app.TripAsync("Late Verne", inTime: TimeSpan.FromMinutes(-40));
        await app.TripAsync("Soon Verne", inTime: TimeSpan.FromMinutes(-12));
        var held = await app.TripAsync("Held Verne", passengers: 3, inTime: TimeSpan.FromMinutes(-30));
        await app.Assignment.AssignAsync(held.Id, app.Board.Current.Vehicles[0].Id, Dispatch.Orders.Dispatcher("Tom Field"));
        await app.AddUserAsync($"head-{language}", StandardRoles.Dispatcher, language);
        await using var window = await app.OpenBoardAsync($"head-{language}", settings: new() { ViewportSize = new() { Width = 1280, Height = 800 }, ColorScheme = ColorScheme.Dark });
        var cut = new List<string>();
        await Row(late.Id.Value).ClickAsync();
        await window.Page.Locator("aside.panel .cars").WaitForAsync();
        await PlayAsync(false);
        await MeasureAsync("three figures, panel");
        await window.Page.Keyboard.PressAsync("Escape");
        await window.Page.Locator("aside.panel").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await PlayAsync(true);

        foreach (var view in new[] { "map", "table" })
        {
            if (view == "table") await window.Page.Keyboard.PressAsync("]");
            await window.Page.Locator($".board.view-{view}").WaitForAsync();
            await MeasureAsync(view);
            await Row(late.Id.Value).ClickAsync(new() { Modifiers = [KeyboardModifier.Control] });
            await window.Page.Locator(".bulk").WaitForAsync();
            await MeasureAsync($"{view}, ticked");
            await Row(late.Id.Value).ClickAsync();
            await window.Page.Locator("aside.panel .cars").WaitForAsync();
            await MeasureAsync($"{view}, ticked, panel");
            await window.Page.Locator(".bfilter-end .link").ClickAsync();
            await window.Page.Locator(".bulk").WaitForAsync(new() { State = WaitForSelectorState.Detached });
            await MeasureAsync($"{view}, panel");
            await window.Page.Keyboard.PressAsync("Escape");
            await window.Page.Locator("aside.panel").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        }

        Check.None(cut);
        window.AssertClean();

        ILocator Row(Guid trip) => window.Page.Locator($"[data-trip='{trip}']:visible").First;

        async Task PlayAsync(bool played)
        {
            await using (var play = app.Database.Owner.CreateCommand($"update fleet.shift set source = case when $1 then '{Reenacted.SourcePrefix} of a test' end where vehicle = (select id from fleet.vehicle where plate = 'CAR 03')"))
            {
                play.Parameters.Add(new() { Value = played });
                await play.ExecuteNonQueryAsync();
            }
            app.Services.GetRequiredService<LiveChanges>().Publish([new LiveChange(new(ObjectKind.Setting, Guid.Empty), null, Guid.Empty, "")]);
            await Expect(window.Page.Locator(".bfigure")).ToHaveCountAsync(played ? 4 : 3);
        }

        async Task MeasureAsync(string what)
        {
            foreach (var (width, height) in Screens)
            {
                await window.Page.SetViewportSizeAsync(width, height);
                if (width == 1280) await window.ShootAsync($"{language}-{what}");
                foreach (var line in await window.Page.EvaluateAsync<string[]>(Cut)) cut.Add($"{width}, {what}: {line}");
            }
            await window.Page.SetViewportSizeAsync(1280, 800);
        }
    }

    /// <summary>What the map draws as aged is not live on the board either.</summary>
    [Fact]
    public async Task Head_CountsAsLive_WhatTheMapShowsAsLive()
    {
        var fleet = app.Services.GetRequiredService<LiveFleet>();
        var silent = await app.CarAsync(BoardApp.Mill, TimeSpan.FromMinutes(5));
        await Wait.UntilAsync(() => app.Board.Current.Vehicles.Any(v => v.Id == silent), "the silent car on the board");
        foreach (var car in app.Board.Current.Vehicles.Where(v => v.Id != silent))
            fleet.Accept(new PositionReading { Vehicle = car.Id, Time = app.Now, Received = app.Now, Point = BoardApp.Harbour });
        var cars = app.Board.Current.Vehicles.Length;

        await using var window = await app.OpenBoardAsync("ida");

        await Expect(window.Page.GetByTitle("Heard of in the last 2 minutes")).ToHaveTextAsync($"{cars - 1} of {cars} cars live");
    }

    private const string Cut = """
        () => {
          const cut = [], drawn = (part) => part.offsetParent !== null && part.getBoundingClientRect().width > 1;
          for (const row of document.querySelectorAll('.bhead, .bfilter')) {
            const whole = row.getBoundingClientRect();
            const parts = [...row.querySelectorAll('.bfigure, .chip, summary, button, .bulk, input')].filter(part => drawn(part) && !part.closest('.drop-list'));
            parts.forEach((part, i) => {
              const box = part.getBoundingClientRect();
              if (part.localName !== 'input' && part.scrollWidth > part.clientWidth + 1) cut.push(`cut: ${part.textContent.trim()}`);
              if (box.left < whole.left || box.right > whole.right + .5 || box.bottom > whole.bottom + .5) cut.push(`beyond its row: ${part.textContent.trim()}`);
              for (const other of parts.slice(i + 1)) {
                const over = other.getBoundingClientRect();
                if (over.left < box.right - .5 && box.left < over.right - .5 && over.top < box.bottom - .5 && box.top < over.bottom - .5) cut.push(`${other.textContent.trim()} over ${part.textContent.trim()}`);
              }
            });
            for (const box of [row, ...row.querySelectorAll('.bchips, .bfilter-end')]) if (box.scrollWidth > box.clientWidth) cut.push(`${box.className} holds ${box.scrollWidth} in ${box.clientWidth}`);
          }
          for (const part of document.querySelectorAll('.bfigures > *, .brow-more > :not(.brow-rest)')) {
            const [box, row] = [part.getBoundingClientRect(), part.parentElement.getBoundingClientRect()];
            if (part.className === 'bfigure' && box.top > row.bottom) cut.push(`out of sight: ${part.textContent}`);
            if (box.top < row.bottom && box.right > row.right + .5) cut.push(`cut: ${part.textContent}`);
          }
          return cut;
        }
        """;
}
