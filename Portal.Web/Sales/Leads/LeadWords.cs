using Portal.Domain.Clients;
using Portal.Domain.Sales.Leads;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Leads;

/// <summary>How leads are told on their pages.</summary>
internal static class LeadWords
{
    /// <summary>Why a lead is whose it is; null where nobody has it.</summary>
    public static string? Route(this Texts texts, LeadCard card) => card.Lead.ManagerId is null ? null
        : card.Events.FirstOrDefault(e => e.Kind == LeadEventKind.Given) is { Words: { } place, Route: LeadRoute.Territory } ? $"{texts["leadRoute.Territory"]}: {place}" : texts[$"leadRoute.{card.Lead.Route}"];

    /// <summary>Who appealed, as lists show it.</summary>
    public static string Who(LeadRow lead) => string.Join(" · ", new[] { lead.Name, lead.Partner ?? lead.Company, lead.Name is null && lead.Company is null ? lead.Phone ?? lead.Mail : null }.Where(part => part is not null));

    /// <summary>Whose or which leads a line of their control tells of.</summary>
    public static string Whose(this Texts texts, LeadControlRow row, LeadControlBy by, LeadChoices choices) => by switch
    {
        LeadControlBy.Manager => row.Key is null ? texts["leads.nobody"] : row.Name ?? texts["leads.control.without"],
        LeadControlBy.Source => choices.Sources.FirstOrDefault(s => s.Id.ToString() == row.Key) is { } source ? texts.Source(source) : texts["leads.without-source"],
        LeadControlBy.Stream => choices.Streams.FirstOrDefault(s => s.Id.ToString() == row.Key) is { } stream ? texts.Stream(stream) : row.Key ?? "",
        _ => texts[$"leadChannel.{row.Key}"],
    };

    /// <summary>The sign of the way by which an appeal came.</summary>
    public static string Icon(LeadChannel channel) => channel switch
    {
        LeadChannel.WebForm => "language",
        LeadChannel.Mail => "mail",
        LeadChannel.Call => "call",
        LeadChannel.Import => "upload_file",
        LeadChannel.Api => "api",
        _ => "edit",
    };

    /// <summary>The sign of what is proposed.</summary>
    public static string Icon(LeadTool tool) => tool switch
    {
        LeadTool.CallNow => "phone_in_talk",
        LeadTool.MeetOrOffer => "event",
        LeadTool.WriteAndWarm => "mail",
        _ => "help",
    };

    /// <summary>How we talk where this is proposed.</summary>
    public static InteractionKind Talk(LeadTool tool) => tool switch { LeadTool.MeetOrOffer => InteractionKind.Meeting, LeadTool.WriteAndWarm => InteractionKind.Letter, _ => InteractionKind.Call };

    /// <summary>The colour of a state.</summary>
    public static string Tone(LeadState state) => state switch { LeadState.Qualified or LeadState.Converted => "good", LeadState.Disqualified => "", LeadState.New => "warn", _ => "" };

    /// <summary>The colour of an interest.</summary>
    public static string Tone(LeadInterest interest) => interest switch { LeadInterest.Hot => "hot", LeadInterest.Warm => "warm", LeadInterest.Cold => "cold", _ => "muted" };

    /// <summary>How long something took or lasts, in the unit that fits.</summary>
    public static string Lasting(this Texts texts, TimeSpan time) => time.TotalHours < 1 ? texts.Count("leads.minutes", (long)time.TotalMinutes) : time.TotalDays < 2 ? texts.Count("leads.hours", (long)Math.Round(time.TotalHours)) : texts.Count("leads.days", (long)Math.Round(time.TotalDays));
}
