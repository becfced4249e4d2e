using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Workflows.Checks;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>
/// Draws a route map. The drawing lives in the browser and travels to the server by HTTP as it changes;
/// the circuit carries what is said about it: saved, found wrong, published.
/// </summary>
public sealed partial class MapDesignerPage(
    IJSRuntime js, MapLibrary library, MapCache cache, ProcessActions actions, StaffQuery staff, CurrentActor current,
    NavigationManager page, Refusals refusals, Toasts toasts) : ComponentBase, IAsyncDisposable
{
    private readonly Once publishing = new();

    private enum Question { Publish, Discard, TakeShipped }

    private readonly ScriptObject designer = new();
    private ElementReference canvas, panel, more;
    private IReadOnlyList<Finding> findings = [];
    private IReadOnlyDictionary<string, string> kinds = new Dictionary<string, string>();
    private IReadOnlyList<Difference> differences = [];
    private LocalText? name;
    private MapVersion? draft;
    private int? newest;
    private Question? asking;
    private string saving = "";
    private string? refused, conflict;
    private bool allowed, draws, publishes, starts, ready, opening, canUndo, canRedo, problemsShown, isShippedNewer;

    /// <summary>Key of the map.</summary>
    [Parameter] public string Key { get; set; } = "";

    /// <summary>How many processes of an imported file stand beside this one and do not run.</summary>
    [SupplyParameterFromQuery] public int Beside { get; set; }

    private string Address => $"/maps/{Uri.EscapeDataString(Key)}";
    private string Title => name?.In(T.Language) ?? Key;

    private string SavingText => saving switch
    {
        "" => "",
        "saved" when draft is not null => T["drawing.saved-at", Time.Clock(draft.ChangedAt)],
        _ => T[$"drawing.state-{saving}"],
    };

    private string ProblemsTitle => findings.Count == 0 ? T["drawing.no-problems"]
        : string.Join(" · ", new[] { (Key: "drawing.errors", Count: findings.Count(f => !f.IsWarning)), (Key: "drawing.warnings", Count: findings.Count(f => f.IsWarning)) }
            .Where(p => p.Count > 0).Select(p => T.Count(p.Key, p.Count)));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        refused = await refusals.CatchAsync(async () =>
        {
            var actor = await current.GetAsync();
            (draws, publishes) = (actor.Can(Permissions.MapsDraw), actor.Can(Permissions.MapsPublish));
            await ReadVersionsAsync(actor);
            await ReadDrawingAsync(actor);
            allowed = true;
        });
        ready = !draws;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (opening || !allowed || !draws) return;
        opening = true;
        var opened = await OpeningAsync();
        try
        {
            if (!await designer.OpenAsync(js, "./Processes/MapDesignerPage.razor.js", this, self => [canvas, panel, self, opened])) return;
        }
        catch (JSException)
        {
            // a file from elsewhere whose elements lead nowhere: what the check says of it stays readable, and it can be discarded
            (refused, problemsShown) = (T["drawing.undrawable"], true);
            StateHasChanged();
            return;
        }
        await MarkAsync();
        ready = true;
        StateHasChanged();
    }

    /// <summary>Called by the module: how the draft fares (changed, saving, saved, offline, conflict, refused).</summary>
    [JSInvokable]
    public async Task DraftTold(string state, string? text)
    {
        saving = state;
        switch (state)
        {
            case "saved":
                conflict = refused = null;
                await ReadSavedAsync();
                break;
            case "conflict": conflict = text; break;
            case "refused": refused = text; break;
        }
        StateHasChanged();
    }

    /// <summary>Called by the module: whether there is something to undo or redo.</summary>
    [JSInvokable]
    public void HistoryTold(bool undo, bool redo)
    {
        if ((canUndo, canRedo) == (undo, redo)) return;
        (canUndo, canRedo) = (undo, redo);
        StateHasChanged();
    }

    private async Task<object> OpeningAsync()
    {
        var actor = await current.GetAsync();
        var (roles, users) = await staff.OfferAsync(actor, designer.Closing);
        var maps = await library.ListAsync(actor, designer.Closing);
        return new
        {
            Key,
            User = actor.UserId,
            Url = $"{Address}/draft.bpmn",
            Notation = BpmnXml.ModdleDescriptor(),
            Words = T.Under("designer.", "bpmn."),
            Roles = roles.Select(role => new { Key = role.Code, Name = RoleNames.Show(role, T) }),
            Users = users.Select(user => new { Key = user.UserName, Name = user.DisplayName }),
            Actions = actions.All.Select(action => new
            {
                Key = action.Name, action.Name, External = action.IsExternal, Inputs = action.Inputs.Select(i => new { i.Name, Type = i.Type.ToString() }),
            }),
            Maps = maps.Select(map => new { map.Key, Name = map.Name.In(T.Language) }),
        };
    }

    private async Task ReadVersionsAsync(Actor actor)
    {
        var versions = await library.VersionsAsync(Key, actor, designer.Closing);
        if (versions.Count == 0) throw new RuleBrokenException("map.unknown", Key);
        draft = versions.FirstOrDefault(v => v.Version is null);
        newest = versions.Max(v => v.Version);
        isShippedNewer = draws && await library.IsShippedNewerAsync(Key, actor, designer.Closing);
        starts = versions.FirstOrDefault(v => v.Version == newest && newest is not null) is { } published && (await cache.FindAsync(published.Id, designer.Closing)).Process.PlainStart is not null;
    }

    private async Task ReadDrawingAsync(Actor actor)
    {
        if (await library.ReadAsync(Key, draft is null ? newest : null, actor, designer.Closing) is not { } drawing) return;
        var document = MapDocument.Parse(drawing.Xml);
        name = document.ToMap().Process.Name;
        findings = library.Check(drawing.Xml);
        kinds = document.Kinds;
        differences = draft is not null && newest is { } version && await library.ReadAsync(Key, version, actor, designer.Closing) is { } older
            ? MapDifference.Between(MapDocument.Parse(older.Xml), document) : [];
    }

    private async Task ReadSavedAsync()
    {
        await refusals.TryAsync(async () =>
        {
            var actor = await current.GetAsync();
            await ReadVersionsAsync(actor);
            await ReadDrawingAsync(actor);
        });
        await MarkAsync();
    }

    private Task MarkAsync() => designer.CallAsync("mark", findings.Where(f => f.ElementId is not null).Select(f => new { Id = f.ElementId, Warning = f.IsWarning }));

    /// <summary>What is wrong, in words; what nobody named goes by the word for what it is.</summary>
    private string Told(Finding finding)
    {
        var kind = finding.ElementId is { } id && id == finding.ElementName && kinds.TryGetValue(id, out var element) ? NodeWords.Kind(element, T) : null;
        return T.Of(new RuleBrokenException(finding.Code, [kind ?? finding.Args.FirstOrDefault(), .. finding.Args.Skip(1)]));
    }

    private async Task CheckAsync()
    {
        if (problemsShown && findings.Count == 0)
        {
            problemsShown = false;
            return;
        }
        if (await SaveAsync()) problemsShown = true;
    }

    private async Task DryRunAsync()
    {
        if (await SaveAsync()) page.NavigateTo($"{Address}/dry-run");
    }

    private async Task AskPublishAsync()
    {
        if (!await SaveAsync()) return;
        if (findings.Any(f => !f.IsWarning))
        {
            problemsShown = true;
            toasts.Show(ToastKind.Warn, T["drawing.not-yet"]);
        }
        else asking = Question.Publish;
    }

    private Task PublishAsync() => publishing.RunAsync(() => asking is null ? Task.CompletedTask : PublishOnceAsync());

    private async Task PublishOnceAsync()
    {
        await refusals.TryAsync(async () =>
        {
            var actor = await current.GetAsync();
            var version = await library.PublishAsync(Key, draft!.Revision, actor, designer.Closing);
            toasts.Show(ToastKind.Good, T["drawing.published", version]);
            await designer.CallAsync("startAnew");
            saving = "";
            await ReadVersionsAsync(actor);
            await ReadDrawingAsync(actor);
        });
        asking = null;
    }

    private async Task DiscardAsync()
    {
        asking = null;
        if (!await refusals.TryAsync(async () => await library.DiscardDraftAsync(Key, draft!.Revision, await current.GetAsync(), designer.Closing))) return;
        if (newest is null)
        {
            await designer.CallAsync("forget");
            page.NavigateTo("/maps");
            return;
        }
        await TakeTheirsAsync();
    }

    private async Task TakeShippedAsync()
    {
        asking = null;
        // what was drawn last is to be the draft that is replaced, not one that comes after it
        if (!await SaveAsync()) return;
        if (await refusals.TryAsync(async () => await library.TakeShippedAsync(Key, draft?.Revision, await current.GetAsync(), designer.Closing))) await TakeTheirsAsync();
    }

    private async Task KeepOwnAsync()
    {
        if (await refusals.TryAsync(async () => await library.KeepOwnAsync(Key, await current.GetAsync(), designer.Closing))) isShippedNewer = false;
    }

    private async Task TakeTheirsAsync()
    {
        await designer.CallAsync("takeTheirs");
        (conflict, saving) = (null, "");
        await ReadSavedAsync();
    }

    private async Task KeepMineAsync()
    {
        conflict = null;
        await designer.CallAsync("keepMine");
    }

    /// <summary>Brings the drawing to the server; false when it could not be saved now.</summary>
    private async Task<bool> SaveAsync()
    {
        // who publishes without drawing has nothing of his own to save
        if (!draws) return true;
        if (!designer.IsOpen) return false;
        var saved = await designer.AskAsync<bool>("save", designer.Closing);
        if (!saved) toasts.Show(ToastKind.Warn, T["drawing.not-saved"]);
        return saved;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => designer.DisposeAsync();
}
