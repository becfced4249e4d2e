using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Dispatch;

/// <summary>The order card: takes an order in, or changes one. What is typed is kept in the browser until it is saved.</summary>
public sealed partial class OrderCard(
    IJSRuntime js, CurrentActor current, TripRegistration registration, CallerQuery callersBy, CandidateQuery candidates, AddressQuery addresses, Roads roads,
    Shortcuts shortcuts, Toasts toasts, TimeProvider time) : ComponentBase, IAsyncDisposable
{
    private const int CarsShown = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);
    private static readonly string[] Fields = ["trip.caller", "trip.pickup", "trip.dropoff", "trip.time", "trip.passengers", "trip.cargo", "trip.payload"];

    private OrderDraft draft = new();
    private CancellationTokenSource asking = new();
    private IReadOnlyList<Caller> callers = [];
    private IReadOnlyList<Candidate>? best;
    private TravelEstimate? way;
    private (string Field, string Text)? problem;
    private ElementReference form;
    private ElementReference who;
    private AddressBox? fromBox, toBox;
    private MomentBox? atBox, untilBox, wrongTime;
    private IJSObjectReference? module;
    private IDisposable? keys;
    private int chosenCaller = -1;
    private bool restored, saving, taken, gone;

    /// <summary>The trip that is changed; null takes a new order in.</summary>
    [Parameter] public TripDetails? Editing { get; set; }

    /// <summary>Id of who types: a draft shows to nobody else who signs in on the same screen.</summary>
    [Parameter, EditorRequired] public Guid Owner { get; set; }

    /// <summary>The branch new orders belong to.</summary>
    [Parameter, EditorRequired] public BranchId Branch { get; set; }

    /// <summary>Classes of vehicles an order may ask for.</summary>
    [Parameter] public IReadOnlyList<(VehicleClassId Id, string Name)> Classes { get; set; } = [];

    /// <summary>Which end is being picked on the map: 0 none, 1 from, 2 to.</summary>
    [Parameter] public int Picking { get; set; }

    /// <summary>Raised when an end is to be picked.</summary>
    [Parameter] public EventCallback<int> PickingChanged { get; set; }

    /// <summary>Raised with the trip as it stands after saving.</summary>
    [Parameter] public EventCallback<TripStanding> Saved { get; set; }

    private PartnerId? Customer => draft.Customer is { } id ? new PartnerId(id) : null;

    private string Store => Editing is null ? StoreOf(Owner) : $"{StoreOf(Owner)}.{Editing.Trip.Id.Value:n}";

    /// <summary>Where the browser keeps a user's new order.</summary>
    internal static string StoreOf(Guid owner) => $"portal.order.{owner:n}";

    /// <summary>Takes the point picked on the map for the end that was asked for.</summary>
    public async Task PickAsync(GeoPoint point)
    {
        var stop = addresses.At(point);
        await ChangeAsync(() => { if (Picking == 1) draft.From = stop; else draft.To = stop; });
        await PickingChanged.InvokeAsync(0);
    }

    /// <summary>Puts the cursor where an order begins.</summary>
    public Task FocusAsync() => who.FocusAsync().AsTask();

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (Editing is { } trip) draft = OrderDraft.Of(trip.Trip, trip.Customer, Clock);
        keys = shortcuts.Use(new Shortcut("Control+Enter", "order.save", SaveAsync));
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        try
        {
            module = await js.InvokeAsync<IJSObjectReference>("import", "./Dispatch/OrderCard.razor.js");
            if (await module.InvokeAsync<string?>("read", Store) is { Length: > 0 } kept && Read(kept) is { } before) draft = before;
            // the cursor comes with the draft: what was typed meanwhile is added to it
            restored = true;
            StateHasChanged();
            await LookAsync();
            StateHasChanged();
        }
        catch (JSDisconnectedException)
        {
            // the browser is gone; the draft stays where it is
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        gone = true;
        keys?.Dispose();
        await asking.CancelAsync();
        asking.Dispose();
        await module.EndAsync();
    }

    private ValueTask KeepAsync(IJSObjectReference store) => Editing is null && draft.IsBlank
        ? store.InvokeVoidAsync("forget", Store)
        : store.InvokeVoidAsync("keep", Store, JsonSerializer.Serialize(draft));

    private async Task ChangeAsync(Action change)
    {
        change();
        (problem, taken) = (null, false);
        if (module is not null) await KeepAsync(module);
        await LookAsync();
    }

    private async Task SaveAsync()
    {
        // pressed once more over an order that has just been taken in: the emptied card asks for nothing yet
        if (saving || taken) return;
        saving = true;
        try
        {
            // whoever saves faster than addresses are found does not lose the point
            if (fromBox is not null) await fromBox.SettleAsync();
            if (toBox is not null) await toBox.SettleAsync();
            RequireYears();
            var actor = await current.GetAsync();
            var order = draft.Order(Clock);
            var standing = Editing is { } trip
                ? await registration.EditAsync(trip.Trip.Id, order, actor, trip.Trip.Version)
                : await registration.RegisterAsync(new TripId(draft.Trip), order, Branch, actor);
            toasts.Show(ToastKind.Good, T[Editing is null ? "order.saved" : "order.changed", standing.Number]);
            if (order.Pickup.Point is null) toasts.Show(ToastKind.Warn, T["order.off-map", standing.Number]);
            await ClearAsync();
            taken = true;
            await Saved.InvokeAsync(standing);
        }
        catch (RuleBrokenException refusal)
        {
            problem = (refusal.Args.FirstOrDefault() as string ?? "", T.Of(refusal));
            wrongTime = WrongTime(refusal);
            if (refusal.Code == "dispatch.nothing-to-carry") problem = ("trip.passengers", T.Of(refusal));
            if (refusal.Code is "dispatch.window-reversed" or "dispatch.window-too-long" or "dispatch.pickup-year" or "dispatch.pickup-past" or "dispatch.pickup-too-far") problem = ("trip.time", T.Of(refusal));
        }
        finally
        {
            saving = false;
            StateHasChanged();
        }
        if (problem is not null && module is not null) await module.InvokeVoidAsync("toProblem", form);
    }

    // what stands in the boxes was not taken: saving the moment before it would be another order than the one that is read
    private void RequireYears()
    {
        MomentBox?[] boxes = draft.Time switch { OrderTime.Now => [], OrderTime.At => [atBox], _ => [atBox, untilBox] };
        if (boxes.Select(box => box?.ImpossibleYear).OfType<string>().FirstOrDefault() is { } year) throw new RuleBrokenException("dispatch.pickup-year", year);
    }

    // of two times the one that is to be looked at again
    private MomentBox? WrongTime(RuleBrokenException refusal) => refusal.Code switch
    {
        "dispatch.pickup-year" => atBox?.ImpossibleYear is null ? untilBox : atBox,
        "dispatch.window-reversed" or "dispatch.window-too-long" => untilBox,
        "text.required" => draft.At is null ? atBox : untilBox,
        _ => atBox,
    };

    private async Task ClearAsync()
    {
        draft = new();
        (problem, way, best, callers) = (null, null, null, []);
        if (module is null || gone) return;
        await module.InvokeVoidAsync("forget", Store);
        if (Editing is null) await FocusAsync();
    }

    private async Task WhoAsync(string text)
    {
        await ChangeAsync(() => (draft.Who, draft.Customer) = (text, null));
        var found = await callersBy.FindAsync(text, await current.GetAsync());
        // meanwhile more was typed, or a caller taken: the answer is to another question
        if (draft.Who == text && draft.Customer is null) (callers, chosenCaller) = (found, -1);
    }

    private async Task WhoKeyAsync(KeyboardEventArgs pressed)
    {
        switch (pressed.Key)
        {
            case "ArrowDown": chosenCaller = Math.Min(chosenCaller + 1, callers.Count - 1); break;
            case "ArrowUp": chosenCaller = Math.Max(chosenCaller - 1, -1); break;
            case "Escape": callers = []; break;
            case "Enter" or "Tab" when !pressed.CtrlKey && chosenCaller >= 0 && chosenCaller < callers.Count: await TakeAsync(callers[chosenCaller]); break;
        }
    }

    private async Task TakeAsync(Caller caller)
    {
        callers = [];
        await ChangeAsync(() => (draft.Who, draft.Phone, draft.Customer) = (caller.Name, caller.Phone ?? draft.Phone, caller.Customer?.Value));
    }

    private void TakeTime(string text)
    {
        draft.Time = Enum.TryParse<OrderTime>(text, out var kind) && Enum.IsDefined(kind) ? kind : OrderTime.Now;
        draft.At ??= OrderDraft.Local(Clock.Now.AddMinutes(30), Clock);
        draft.Until ??= OrderDraft.Local(Clock.Now.AddMinutes(60), Clock);
    }

    /// <summary>The way and the best cars for what stands on the card now, once typing rests.</summary>
    private async Task LookAsync()
    {
        if (gone) return;
        var (older, newer) = (asking, new CancellationTokenSource());
        asking = newer;
        var ct = newer.Token;
        await older.CancelAsync();
        older.Dispose();
        try
        {
            way = draft.From.Point is { } from && draft.To.Point is { } to ? roads.Estimator.Estimate(from, to, draft.LeavesAt(Clock)) : null;
            if (draft.Demand(Clock, way) is not { } demand)
            {
                best = null;
                return;
            }
            await Task.Delay(Rest, time, ct);
            best = await candidates.ForAsync(demand, CarsShown, await current.GetAsync(), ct);
            StateHasChanged();
        }
        catch (OperationCanceledException)
        {
            // the card changed meanwhile
        }
        catch (RuleBrokenException)
        {
            // a half-typed number is no demand yet; saving will say what is wrong
            best = null;
        }
    }

    private string? Found(string field) => problem is { } found && found.Field == field ? found.Text : null;

    private string? Invalid(string field) => Found(field) is null ? null : "true";

    private string? InvalidTime(MomentBox? box) => box == wrongTime ? Invalid("trip.time") : null;

    private RenderFragment? Problem(string field) => Found(field) is not { } text ? null : builder =>
    {
        builder.OpenElement(0, "p");
        builder.AddAttribute(1, "class", "problem whole");
        builder.AddAttribute(2, "role", "alert");
        builder.AddContent(3, text);
        builder.CloseElement();
    };

    private static string Text(ChangeEventArgs changed) => changed.Value as string ?? "";

    private static OrderDraft? Read(string kept)
    {
        try
        {
            return JsonSerializer.Deserialize<OrderDraft>(kept);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
