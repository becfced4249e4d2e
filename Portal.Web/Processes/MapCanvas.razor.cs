using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Portal.Web.Shared;

namespace Portal.Web.Processes;

/// <summary>A bubble on a node.</summary>
/// <param name="Node">id of the node</param>
/// <param name="Count">how many tokens stand there</param>
/// <param name="Text">who holds it and since when</param>
/// <param name="Tone"><c>open</c>, <c>late</c> or <c>incident</c></param>
/// <param name="Title">the same at length</param>
public sealed record MapToken(string Node, int Count, string Text, string Tone, string Title)
{
    /// <summary>Who holds a node: the first, and how many more.</summary>
    public static string Held(IReadOnlyList<string> holders) => holders switch
    {
        [] => "",
        [var one] => one,
        [var first, ..] => $"{first} +{holders.Count - 1}",
    };
}

/// <summary>How much time is spent on a node.</summary>
/// <param name="Node">id of the node</param>
/// <param name="Level">0 (little) to 4 (most)</param>
/// <param name="Text">count and time in words</param>
/// <param name="Worst">what is worst about it, in words; null for the others</param>
public sealed record MapHeat(string Node, int Level, string Text, string? Worst);

/// <summary>An element that differs between two versions; the kind is <c>added</c>, <c>removed</c> or <c>changed</c>.</summary>
public sealed record MapChange(string Node, string Kind);

/// <summary>
/// A route map to look at: tokens, heat and changes over the drawing. The map itself comes to the browser by HTTP;
/// what is laid over it through the circuit. Give the component its address as key where that may change.
/// </summary>
public sealed partial class MapCanvas(IJSRuntime js) : ComponentBase, IAsyncDisposable
{
    private const string Zoom = "zoom";

    private readonly ScriptObject map = new();
    private ElementReference element;
    private (IReadOnlyList<MapToken>? Tokens, IReadOnlyList<MapHeat>? Heat, IReadOnlyList<MapChange>? Changes, string? Chosen) drawn;

    /// <summary>Where the BPMN file is read from.</summary>
    [Parameter, EditorRequired] public string Source { get; set; } = "";
    /// <summary>Name of the map for those who do not see it.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";
    /// <summary>Bubbles; a new list when something changed.</summary>
    [Parameter] public IReadOnlyList<MapToken>? Tokens { get; set; }
    /// <summary>Heat; a new list when something changed.</summary>
    [Parameter] public IReadOnlyList<MapHeat>? Heat { get; set; }
    /// <summary>Differences; a new list when something changed.</summary>
    [Parameter] public IReadOnlyList<MapChange>? Changes { get; set; }
    /// <summary>The marked element.</summary>
    [Parameter] public string? Chosen { get; set; }
    /// <summary>Raised on a click on an element; null for the ground.</summary>
    [Parameter] public EventCallback<string?> ChosenChanged { get; set; }

    /// <summary>Brings an element into view.</summary>
    public Task ShowAsync(string node) => map.CallAsync("show", node);

    /// <summary>Brings one of the elements into view when none is.</summary>
    public Task FollowAsync(IEnumerable<string> nodes) => map.CallAsync("follow", nodes);

    /// <summary>Shows the whole map.</summary>
    public Task FitAsync() => map.CallAsync("fit");

    /// <summary>Lets bubbles run along flows, round by round.</summary>
    public Task TravelAsync(IReadOnlyList<IReadOnlyList<string>> rounds) => rounds.Count == 0 ? Task.CompletedTask : map.CallAsync("travel", rounds);

    /// <summary>Called by the module on a click.</summary>
    [JSInvokable("Chosen")]
    public Task ChooseAsync(string? id) => id is { Length: > 200 } ? Task.CompletedTask : ChosenChanged.InvokeAsync(id);

    /// <inheritdoc/>
    protected override bool ShouldRender() => false;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || !await map.OpenAsync(js, "./Processes/MapCanvas.razor.js", this, self => [element, self, new { Url = Source, T.Language }])) return;
        await DrawAsync();
        if (Tokens is { Count: > 0 }) await FollowAsync(Tokens.Select(t => t.Node));
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => DrawAsync();

    /// <summary>Sends to the canvas what has changed among the parameters.</summary>
    private async Task DrawAsync()
    {
        if (!map.IsOpen) return;
        var before = drawn;
        drawn = (Tokens, Heat, Changes, Chosen);
        if (!ReferenceEquals(before.Tokens, Tokens)) await map.CallAsync("setTokens", Tokens ?? []);
        if (!ReferenceEquals(before.Heat, Heat)) await map.CallAsync("setHeat", Heat ?? []);
        if (!ReferenceEquals(before.Changes, Changes)) await map.CallAsync("setChanges", Changes ?? []);
        if (before.Chosen != Chosen) await map.CallAsync("choose", Chosen);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => map.DisposeAsync();
}
