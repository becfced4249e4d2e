using Microsoft.AspNetCore.Components;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales.Leads;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Sales.Leads;

/// <summary>Leads as a list: narrowed, given away, live for everybody who looks at them; one of them beside.</summary>
public sealed partial class LeadsPage(
    CurrentActor current, LeadListQuery list, LeadChoicesQuery offers, LeadBulk bulk, LiveChanges live, NavigationManager page, Refusals refusals, Shortcuts shortcuts, Toasts toasts, TimeProvider time,
    Texts texts) : ComponentBase, IAsyncDisposable
{
    private const int PageSize = 50;
    private static readonly TimeSpan ReadAtMost = TimeSpan.FromMilliseconds(500);

    private readonly PageLife gone = new();
    private readonly Once once = new();
    private readonly RowSelection selection = new();
    private LeadChoices? choices;
    private PageOf<LeadRow>? found;
    private Task watching = Task.CompletedTask;
    private IDisposable? keys;
    private Guid me;
    private bool manages, gives, exports;
    private string? refused;

    [SupplyParameterFromQuery] private string? Text { get; set; }
    [SupplyParameterFromQuery] private string? State { get; set; }
    [SupplyParameterFromQuery] private string? Manager { get; set; }
    [SupplyParameterFromQuery] private string? Source { get; set; }
    [SupplyParameterFromQuery] private Guid? Stream { get; set; }
    [SupplyParameterFromQuery] private string? Channel { get; set; }
    [SupplyParameterFromQuery] private string? Signal { get; set; }
    [SupplyParameterFromQuery] private string? Step { get; set; }
    [SupplyParameterFromQuery] private bool Doubted { get; set; }
    [SupplyParameterFromQuery] private bool Archived { get; set; }
    [SupplyParameterFromQuery] private DateOnly? From { get; set; }
    [SupplyParameterFromQuery] private DateOnly? Until { get; set; }
    [SupplyParameterFromQuery] private Guid? Client { get; set; }
    [SupplyParameterFromQuery] private string? Sort { get; set; }
    [SupplyParameterFromQuery] private bool Asc { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int Number { get; set; }
    [SupplyParameterFromQuery] private Guid? Lead { get; set; }

    private Texts T => texts;
    private LeadSort Order => LeadAddress.Sort(Sort);

    private LeadFilter Wanted => LeadAddress.Filter(me, Text, State, Manager, Source, Stream, Channel, Signal, Step, From, Until, Client, Doubted, Archived);

    private bool Filtered => Wanted != new LeadFilter(Open: true);

    /// <summary>Where the address narrows by more than the head offers, that is said, and can be taken away.</summary>
    private string? Narrowed => string.Join(" · ", new[]
    {
        From is { } from && Until is { } until ? T["leads.came-between", DealDay(from), DealDay(until)] : null,
        Named.Of<LeadChannel>(Channel) is { } channel ? T[$"leadChannel.{channel}"] : null,
        Client is null ? null : T["leads.of-client"],
    }.Where(words => words is not null)) is { Length: > 0 } narrowed ? narrowed : null;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        var news = live.Watch(change => change.Object.Kind is default(ObjectKind) or ObjectKind.Lead, gone.Token);
        watching = gone.HearAsync(news, ReadAtMost, time, () => InvokeAsync(RenewAsync), DispatchExceptionAsync);
        keys = shortcuts.Use(
            new("N", "leads.add", () => { if (manages) page.NavigateTo("/leads/new"); return Task.CompletedTask; }),
            new("Escape", "shell.close", () => { if (Lead is not null) Go(("lead", null)); return Task.CompletedTask; }));
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => ReadAsync();

    private async Task ReadAsync() => refused = await refusals.CatchAsync(async () =>
    {
        var actor = await current.GetAsync();
        actor.Require(Permissions.LeadsRead);
        (me, manages, gives, exports) = (actor.UserId, actor.Can(Permissions.LeadsManage), actor.Can(Permissions.LeadsDistribute), actor.Can(Permissions.LeadsExport));
        choices ??= await offers.ReadAsync(actor, gone.Token);
        var (wanted, order, asc, number) = (Wanted, Order, Asc, Number);
        var read = await list.ListAsync(wanted, order, !asc, new(number * PageSize, PageSize), actor, gone.Token);
        // another filter may have been chosen meanwhile
        if ((wanted, order, asc, number) == (Wanted, Order, Asc, Number)) found = read;
    });

    private async Task RenewAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private Task GiveChosenAsync(string? to) => once.RunAsync(async () =>
    {
        if (choices!.Managers.FirstOrDefault(m => m.Id.ToString() == to) is not { } heir) return;
        LeadBulkOutcome? outcome = null;
        if (!await refusals.TryAsync(async () => outcome = await bulk.GiveAsync([.. selection.Chosen.Select(id => new LeadId(id))], heir.Id, await current.GetAsync(), gone.Token))) return;
        selection.Clear();
        if (outcome!.Changed > 0)
            toasts.Show(ToastKind.Good, T.Count("leads.given-many", outcome.Changed, heir.Name), async () =>
            {
                await refusals.TryAsync(async () => await bulk.UndoAsync(outcome, await current.GetAsync(), gone.Token));
                await RenewAsync();
            });
        if (outcome.Refused.Count > 0) toasts.Show(ToastKind.Warn, T.Count("leads.not-given", outcome.Refused.Count, T.Of(outcome.Refused[0])));
        await RenewAsync();
    });

    private static string DealDay(DateOnly day) => Deals.DealWords.Day(day);

    private string Open(LeadId id) => Address(("lead", id.Value));

    private string By(LeadSort sort) => Address(("sort", sort == LeadSort.Created ? null : sort), ("asc", Order == sort && !Asc ? "true" : null), ("page", null));

    private string Export(string format) => $"/export/leads.{format}{new Uri(page.Uri).Query}";

    private string Address(params (string Name, object? Value)[] changes) => page.With(changes);

    private void Go(params (string Name, object? Value)[] changes) => page.NavigateTo(Address(changes));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        keys?.Dispose();
        gone.Dispose();
        await watching;
    }
}
