using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Domain.Shared;
using Portal.Web.Shared;

// who gives a component its parameters late, and without a browser, is its renderer
#pragma warning disable BL0006

namespace Portal.Tests.Shared;

/// <summary>Days and moments that are typed while their page is still busy with what was typed before.</summary>
public sealed class TypedBoxTests
{
    /// <summary>The page hears 01 and 15, and gives both back once 15 stands typed.</summary>
    [Fact]
    public async Task DayBox_GivenWhatItToldBefore_KeepsWhatIsTyped()
    {
        await using var screen = await Screen<DayBox, DateOnly?>.OpenAsync(new DateOnly(2026, 3, 7));

        await screen.TypeAsync("2026-03-01");
        await screen.TypeAsync("2026-03-15");
        Assert.Equal([new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 15)], screen.Told);
        foreach (var late in new[] { 7, 1, 15 })
        {
            await screen.GiveAsync(new DateOnly(2026, 3, late));
            Assert.Equal("2026-03-15", screen.Shown);
        }
    }

    [Fact]
    public async Task MomentBox_GivenWhatItToldBefore_KeepsWhatIsTyped()
    {
        await using var screen = await Screen<MomentBox, DateTime?>.OpenAsync(null);

        await screen.TypeAsync("2026-03-01T10:00");
        await screen.TypeAsync("2026-03-15T10:00");
        foreach (var late in new DateTime?[] { null, new(2026, 3, 1, 10, 0, 0), new(2026, 3, 15, 10, 0, 0) })
        {
            await screen.GiveAsync(late);
            Assert.Equal("2026-03-15T10:00", screen.Shown);
        }
    }

    /// <summary>Another day of the page's own is shown, also one that the box told before, and none.</summary>
    [Fact]
    public async Task DayBox_GivenAnotherDay_ShowsIt()
    {
        await using var screen = await Screen<DayBox, DateOnly?>.OpenAsync(null);

        await screen.TypeAsync("2026-03-01");
        await screen.GiveAsync(new DateOnly(2026, 3, 1));
        await screen.TypeAsync("2026-03-15");
        await screen.GiveAsync(new DateOnly(2026, 3, 15));
        await screen.GiveAsync(new DateOnly(2026, 3, 1));
        Assert.Equal("2026-03-01", screen.Shown);
        await screen.TypeAsync("2026-03-20");
        await screen.GiveAsync(new DateOnly(2026, 4, 30));
        Assert.Equal("2026-04-30", screen.Shown);
        await screen.GiveAsync(null);
        Assert.Equal("", screen.Shown);
    }

    /// <summary>Half a year is passed through while one types; it is said once the box is left.</summary>
    [Fact]
    public async Task MomentBox_LeftWithAYearNobodyMeans_SaysSoUntilItIsPutRight()
    {
        await using var screen = await Screen<MomentBox, DateTime?>.OpenAsync(null);

        await screen.TypeAsync("0202-03-01T10:00");
        Assert.Null(screen.Alert);
        await screen.LeaveAsync();
        Assert.Equal("Nobody means the year 0202. Check the date.", screen.Alert);
        Assert.Empty(screen.Told);
        await screen.TypeAsync("2026-03-01T10:00");
        Assert.Null(screen.Alert);
        Assert.Equal([new DateTime(2026, 3, 1, 10, 0, 0)], screen.Told);
    }

    /// <summary>A box alone on a page that gives it its value when the test says so.</summary>
    private sealed class Screen<TBox, T> : IAsyncDisposable where TBox : IComponent
    {
        private readonly BoxRenderer renderer = new();
        private readonly CultureInfo before = CultureInfo.CurrentUICulture;
        private int box;

        public List<T> Told { get; } = [];
        public string Shown => (string?)renderer.Attribute(box, "value") ?? "";
        public string? Alert => renderer.TextOf(box);

        public static async Task<Screen<TBox, T>> OpenAsync(T value)
        {
            var screen = new Screen<TBox, T>();
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
            await screen.renderer.Dispatcher.InvokeAsync(() => screen.box = screen.renderer.Add(typeof(TBox)));
            await screen.GiveAsync(value);
            return screen;
        }

        public Task GiveAsync(T value) => renderer.Dispatcher.InvokeAsync(() => renderer.GiveAsync(box, ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            ["Value"] = value, ["ValueChanged"] = EventCallback.Factory.Create<T>(this, Told.Add),
        })));

        public Task TypeAsync(string text) => RaiseAsync("onchange", new ChangeEventArgs { Value = text });

        public Task LeaveAsync() => RaiseAsync("onblur", new Microsoft.AspNetCore.Components.Web.FocusEventArgs());

        private Task RaiseAsync(string happening, EventArgs args) => renderer.Dispatcher.InvokeAsync(() => renderer.DispatchEventAsync(renderer.Handler(box, happening), null, args));

        public async ValueTask DisposeAsync()
        {
            CultureInfo.CurrentUICulture = before;
            await renderer.DisposeAsync();
        }
    }

    private sealed class BoxRenderer() : Renderer(Services, NullLoggerFactory.Instance)
    {
        private static IServiceProvider Services =>
            new ServiceCollection().AddSingleton(new Texts(new TextCatalog(typeof(Texts).Assembly), LocalTime.For(Actor.System("test"), TimeProvider.System))).BuildServiceProvider();

        public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

        public int Add(Type component) => AssignRootComponentId(InstantiateComponent(component));

        public Task GiveAsync(int component, ParameterView parameters) => RenderRootComponentAsync(component, parameters);

        public object? Attribute(int component, string name) => Frames(component).FirstOrDefault(f => f.FrameType == RenderTreeFrameType.Attribute && f.AttributeName == name).AttributeValue;

        public ulong Handler(int component, string happening) => Frames(component).Single(f => f.FrameType == RenderTreeFrameType.Attribute && f.AttributeName == happening).AttributeEventHandlerId;

        public string? TextOf(int component) => Frames(component).Where(f => f.FrameType == RenderTreeFrameType.Text).Select(f => f.TextContent).FirstOrDefault(text => text.Trim().Length > 0);

        protected override void HandleException(Exception exception) => throw exception;

        protected override Task UpdateDisplayAsync(in RenderBatch renderBatch) => Task.CompletedTask;

        private List<RenderTreeFrame> Frames(int component)
        {
            var frames = GetCurrentRenderTreeFrames(component);
            return [.. frames.Array.Take(frames.Count)];
        }
    }
}
