using System.Globalization;
using Portal.Domain.Sales;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>One row of a file of deals, read and checked by itself.</summary>
/// <param name="Stage">the stage it names; null where it says how the deal ended</param>
internal sealed record OpportunityRow(
    string? Key, string Title, string? Client, string? Manager, string? Product, string? Pipeline, string? Stage, DealState State,
    DateOnly? Opened, DateOnly? Closed, DateOnly? Expected, decimal Amount, string? Currency, string? Source, string? LossReason, string? Note)
{
    private const int FirstYear = 1990;

    /// <summary>Reads a row; what cannot be understood refuses it.</summary>
    public static OpportunityRow Of(ImportRow row)
    {
        var (key, client, product, stage) = (row.OneLine("key", 80), row.OneLine("client", 200), row.OneLine("product", 200), row.RequiredText("stage", 80));
        var outcome = stage is null ? null : OpportunityColumns.Outcome(stage);
        var read = new OpportunityRow(
            key, "", client, row.OneLine("manager", 200), product, row.OneLine("pipeline", 80), outcome is null ? stage : null, outcome switch { true => DealState.Won, false => DealState.Lost, _ => DealState.Open },
            row.Day("opened", FirstYear), row.Day("closed", FirstYear), row.Day("expected", FirstYear), row.Amount("amount", 0, DealMoney.Most) ?? 0, row.OneLine("currency", 3), row.OneLine("source", 80),
            row.OneLine("loss-reason", 80), row.Text("note", 2000));
        var title = row.OneLine("title", 200) ?? string.Join(" · ", new[] { product, client }.Where(part => part is not null));
        if (title.Length == 0) title = key ?? "";
        if (title.Length == 0) row.Refuse("missing", "title");
        if (read.State != DealState.Open && read.Closed is null) row.Refuse("missing", "closed");
        // what is over is over today at the latest
        if (read.State != DealState.Open && read.Closed > row.Today) row.Refuse("closes-ahead");
        if (read.Closed < read.Opened) row.Refuse("closes-before-opens");
        return read with { Title = title.Length > 200 ? title[..200] : title };
    }

    /// <summary>How the row is known again: by its number, else by what it says.</summary>
    public string Document => Key ?? string.Join(" | ", new[] { Title, Client, Manager, Opened?.ToString("O", CultureInfo.InvariantCulture) }.Where(part => !string.IsNullOrEmpty(part)));
}
