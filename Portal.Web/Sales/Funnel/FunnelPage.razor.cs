using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Funnel;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Funnel;

/// <summary>The funnel: its whole state is its address, and it follows what happens to deals.</summary>
public sealed partial class FunnelPage
{
    private const int PageSize = 50;

    // a busy company changes deals every second: nobody reads faster than this
    private static readonly TimeSpan ReadAtMost = TimeSpan.FromSeconds(2);
    private static readonly (string, object?)[] Closed = [("of", null), ("at", null), ("of-from", null), ("of-to", null), ("reason", null), ("rival", null), ("page", null)];

    [SupplyParameterFromQuery] private string? Pipeline { get; set; }
    [SupplyParameterFromQuery] private string? Period { get; set; }
    [SupplyParameterFromQuery] private string? From { get; set; }
    [SupplyParameterFromQuery] private string? To { get; set; }
    [SupplyParameterFromQuery] private string? Manager { get; set; }
    [SupplyParameterFromQuery] private string? Team { get; set; }
    [SupplyParameterFromQuery] private string? Source { get; set; }
    [SupplyParameterFromQuery] private string? Product { get; set; }
    [SupplyParameterFromQuery] private string? Branch { get; set; }
    [SupplyParameterFromQuery] private string? By { get; set; }
    [SupplyParameterFromQuery] private string? View { get; set; }
    [SupplyParameterFromQuery] private string? Of { get; set; }
    [SupplyParameterFromQuery] private int? At { get; set; }
    [SupplyParameterFromQuery(Name = "of-from")] private string? OfFrom { get; set; }
    [SupplyParameterFromQuery(Name = "of-to")] private string? OfTo { get; set; }
    [SupplyParameterFromQuery] private string? Reason { get; set; }
    [SupplyParameterFromQuery] private string? Rival { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int PageNumber { get; set; }

    private readonly PageLife gone = new();
    private FunnelChoices? choices;
    private FunnelReport? report;
    private FunnelDetails? details;
    private ForecastReport? forecast;
    private PageOf<DealRow>? behind;
    private string? refused;
    private bool exports;
    private Task watching = Task.CompletedTask;

    private FunnelAddress Asked => FunnelAddress.Read(Pipeline, Period, From, To, Manager, Team, Source, Product, Branch, Time.Today);
    private bool AsTable => View == "table";
    private bool ByAmount => By == "amount";

    private FunnelNumber? Number => Named.Of<FunnelPart>(Of) is { } part
        ? new(part, At, FunnelAddress.Day(OfFrom), FunnelAddress.Day(OfTo), Guid.TryParse(Reason, out var reason) ? reason : null, Rival) : null;

    protected override void OnInitialized() => watching = gone.HearAsync(Live.Watch(c => c.Object.Kind is ObjectKind.Deal or ObjectKind.Pipeline or ObjectKind.Import || c == LiveChange.Resync, gone.Token), ReadAtMost, Clock, () => InvokeAsync(RenewAsync), DispatchExceptionAsync);

    protected override Task OnParametersSetAsync() => ReadAsync();

    /// <param name="anew">whether what can be chosen may have changed too</param>
    private async Task ReadAsync(bool anew = false) => refused = await Refusals.CatchAsync(async () =>
    {
        var actor = await Current.GetAsync();
        var (asked, filter) = (Page.Uri, Asked.Filter);
        if (anew || choices is null) choices = await ChoicesOf.ReadAsync(actor, gone.Token);
        var read = await Query.ReadAsync(filter, actor, gone.Token);
        // list and details are of the pipeline and the period that were found, and need not find them again
        filter = filter with { Pipeline = read.Stages.Pipeline.Id, From = read.From, Until = read.Until };
        var list = Number is { } number ? await Query.ListAsync(filter, number, new(PageNumber * PageSize, PageSize), actor, gone.Token) : null;
        // another question may have been asked meanwhile
        if (asked != Page.Uri) return;
        (report, behind, exports) = (read, list, actor.Can(Permissions.ClientsExport));
        // what takes longer comes beside what is seen first
        StateHasChanged();
        var (beside, ahead) = (await Query.DetailsAsync(filter, actor, gone.Token), await Forecasts.ReadAsync(filter, actor, gone.Token));
        if (asked == Page.Uri) (details, forecast) = (beside, ahead);
    });

    private async Task RenewAsync()
    {
        await ReadAsync(anew: true);
        StateHasChanged();
    }

    private string? MainReason(DropOff worst) => report!.Reasons.Where(r => r.Reason is not null).Select(r => (r.Reason, Here: r.Stages[worst.Position - 1])).Where(r => r.Here.Count > 0)
        .OrderByDescending(r => r.Here.Amount).ThenByDescending(r => r.Here.Count).Select(r => T.Reason(choices!.Reasons, r.Reason)).FirstOrDefault();

    /// <summary>The number in words, as the heading of its list.</summary>
    private string Said(FunnelNumber number) => string.Join(" · ", new[]
    {
        T[$"funnel.part.{number.Part}"],
        number.Position is { } position && position <= report!.Stages.Count + 1 && position > 0 ? T.Place(report.Stages, position) : null,
        number.From is { } from && number.Until is { } until ? FunnelWords.Cohort(new(from, until, [])) : null,
        number.Reason is { } reason ? T.Reason(choices!.Reasons, reason) : null,
        number.Competitor,
    }.Where(part => part is not null));

    /// <summary>The same deals in the list of deals; null where that list cannot be narrowed to them.</summary>
    private string? InList(FunnelNumber number)
    {
        if (report is not { } shown || Product is not null || Branch is not null || number.Competitor is not null) return null;
        var (state, day) = number.Part switch
        {
            FunnelPart.Open => ("Open", (string?)null),
            FunnelPart.Won => ("Won", "Closed"),
            FunnelPart.Lost => ("Lost", "Closed"),
            FunnelPart.Cohort => (SalesAddress.Any, "Opened"),
            FunnelPart.Expected when number.From is not null => ("Open", "Expected"),
            _ => ("", null),
        };
        if (state.Length == 0) return null;
        return QueryHelpers.AddQueryString("/deals", new Dictionary<string, string?>
        {
            ["view"] = "list", ["pipeline"] = shown.Stages.Pipeline.Id.Value.ToString(), ["state"] = state, ["day"] = day,
            ["stage"] = number is { Part: FunnelPart.Open, Position: { } place } && place <= shown.Stages.Count ? shown.Stages.Stages[place - 1].Id.Value.ToString() : null,
            ["from"] = day is null ? null : FunnelAddress.Text(number.From ?? shown.From), ["until"] = day is null ? null : FunnelAddress.Text(number.Until ?? shown.Until),
            ["loss"] = number.Reason?.ToString(), ["manager"] = Manager == SalesAddress.None ? SalesAddress.Nobody : Manager, ["team"] = Team, ["source"] = Source,
        }.Where(p => p.Value is not null));
    }

    private string Link(FunnelNumber number) => Address(
        ("of", number.Part), ("at", number.Position), ("of-from", number.From is { } from ? FunnelAddress.Text(from) : null), ("of-to", number.Until is { } until ? FunnelAddress.Text(until) : null),
        ("reason", number.Reason), ("rival", number.Competitor), ("page", null)) + "#behind";

    private string Export(string format) => $"/export/funnel.{format}{new Uri(Page.Uri).Query}";

    private string Address(params (string Name, object? Value)[] changes) => Page.With(changes);

    private void Go(string name, object? value) => Page.NavigateTo(Address([.. Closed, (name, value)]));

    private void GoDays(DateOnly? from, DateOnly? to) =>
        Page.NavigateTo(Address([.. Closed, ("period", null), ("from", from is { } first ? FunnelAddress.Text(first) : null), ("to", to is { } last ? FunnelAddress.Text(last) : null)]));

    private RenderFragment Choice(string name, string label, IReadOnlyList<FunnelChoice> offered, string? chosen, string? nobody = null) => builder =>
    {
        if (offered.Count == 0) return;
        builder.OpenComponent<FunnelFilterBox>(0);
        builder.AddComponentParameter(1, nameof(FunnelFilterBox.Label), label);
        builder.AddComponentParameter(2, nameof(FunnelFilterBox.Offered), offered);
        builder.AddComponentParameter(3, nameof(FunnelFilterBox.Chosen), chosen);
        builder.AddComponentParameter(4, nameof(FunnelFilterBox.Nobody), nobody);
        builder.AddComponentParameter(5, nameof(FunnelFilterBox.Picked), EventCallback.Factory.Create<string?>(this, value => Go(name, value)));
        builder.CloseComponent();
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        gone.Dispose();
        await watching;
    }
}
