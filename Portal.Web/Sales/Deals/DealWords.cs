using System.Globalization;
using Portal.Domain.Sales;
using Portal.Infrastructure.Sales;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Deals;

/// <summary>How deals are told on their pages.</summary>
internal static class DealWords
{
    /// <summary>A sum with its currency as the culture writes it; without a fraction where there is none.</summary>
    public static string Money(decimal sum, string currency) => $"{Sum(sum)} {currency}";

    /// <summary>A sum as the culture writes it; without a fraction where there is none.</summary>
    public static string Sum(decimal sum) => sum.ToString(sum == decimal.Truncate(sum) ? "N0" : "N2", CultureInfo.CurrentCulture);

    /// <summary>A day as the culture writes it, short.</summary>
    public static string Day(DateOnly day) => day.ToString("d", CultureInfo.CurrentCulture);

    /// <summary>Whole days since a moment.</summary>
    public static int Days(DateTimeOffset since, DateTimeOffset now) => Math.Max(0, (int)(now - since).TotalDays);

    /// <summary>True where a deal has stood on its stage for longer than it is meant to.</summary>
    public static bool IsOld(DealRow deal, StageRow? stage, DateTimeOffset now) => deal.State == DealState.Open && stage?.AgeLimit is { } limit && Days(deal.StageSince, now) > limit;

    /// <summary>The colour of a state.</summary>
    public static string Tone(DealState state) => state switch { DealState.Won => "good", DealState.Lost => "bad", _ => "" };

    /// <summary>The client of a deal: its name, that it is hidden, or that there is none.</summary>
    public static string Client(this Texts t, DealRow deal) => deal.Partner ?? t[deal.PartnerId is null ? "deals.no-client" : "clients.hidden"];

    /// <summary>Who has the task of a deal's process, or to whom it is offered.</summary>
    public static string Performer(DealTask task, Texts t) => task.Performer ?? string.Join(", ", task.Roles.Select(code => RoleNames.Show(code, t)));
}
