using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>What of the next step a list asks for: late, to be done today, or nobody has talked to the client yet.</summary>
public enum LeadStep { Overdue, Today, NoContact }

/// <summary>
/// Which leads to list; what is null does not narrow. <paramref name="Text"/> is looked for in subject, number, contact and client; <paramref name="From"/> and <paramref name="Until"/>, both
/// included, bound the day on which it came. What is doubted is listed alone.
/// </summary>
/// <param name="Open">true for what is still worked on, false for what is closed</param>
/// <param name="Nobody">those without a manager</param>
/// <param name="Archived">those taken out of every other list</param>
/// <param name="Confirmed">those that were found worth a deal, also where they became one</param>
/// <param name="Nowhere">those without a source</param>
public sealed record LeadFilter(
    string? Text = null, LeadState? State = null, bool? Open = null, Guid? Manager = null, bool Nobody = false, LeadSourceId? Source = null, bool Nowhere = false, LeadStreamId? Stream = null,
    LeadChannel? Channel = null, LeadTrend? Trend = null, LeadStep? Step = null, DateOnly? From = null, DateOnly? Until = null, PartnerId? Partner = null, bool Doubted = false, bool Archived = false, bool Confirmed = false);

/// <summary>A column the list of leads sorts by.</summary>
public enum LeadSort { Created, Subject, NextStep, LastContact }

/// <summary>The leads a filter means, for lists and figures alike.</summary>
internal static class LeadSelection
{
    /// <summary>Open leads of whoever has this phone or mail, whosever they are, the oldest first; a key that is null knows nobody.</summary>
    public static IQueryable<Lead> OpenOf(this PortalDb db, string? phone, string? mail) =>
        db.Set<Lead>().Where(l => l.ClosedAt == null && !l.Archived && l.Suspicion == null && (phone != null && l.PhoneKey == phone || mail != null && l.MailKey == mail)).OrderBy(l => l.CreatedAt).ThenBy(l => l.Id);

    /// <summary>What clients said to us, and we to them, since a moment.</summary>
    public static IQueryable<LeadEvent> ContactsSince(this PortalDb db, DateTimeOffset since) =>
        db.Set<LeadEvent>().Where(e => e.At >= since && (e.Kind == LeadEventKind.Talked || e.Kind == LeadEventKind.Came || e.Kind == LeadEventKind.AskedAgain));

    /// <summary>Leads within the actor's reach.</summary>
    public static IQueryable<Lead> Matching(this PortalDb db, LeadFilter filter, LeadRules rules, TimeZoneInfo zone, DateTimeOffset now, Actor actor)
    {
        var leads = db.Set<Lead>().AsNoTracking().Within(actor).Where(l => l.Suspicion != null == filter.Doubted && l.Archived == filter.Archived);
        if (filter.State is { } state) leads = leads.Where(l => l.State == state);
        if (filter.Confirmed) leads = leads.Where(l => l.State == LeadState.Qualified || l.State == LeadState.Converted);
        if (filter.Open is { } open) leads = leads.Where(l => l.ClosedAt == null == open);
        if (filter.Manager is { } manager) leads = leads.Where(l => l.Manager == manager);
        if (filter.Nobody) leads = leads.Where(l => l.Manager == null);
        if (filter.Source is { } source) leads = leads.Where(l => l.Source == source);
        if (filter.Nowhere) leads = leads.Where(l => l.Source == null);
        if (filter.Stream is { } stream) leads = leads.Where(l => l.Stream == stream);
        if (filter.Channel is { } channel) leads = leads.Where(l => l.Channel == channel);
        if (filter.Partner is { } partner) leads = leads.Where(l => l.Partner == partner);
        if (filter.From is { } from)
        {
            var begin = zone.BeginOf(from);
            leads = leads.Where(l => l.CreatedAt >= begin);
        }
        if (filter.Until is { } until)
        {
            var end = zone.BeginOf(until.AddDays(1));
            leads = leads.Where(l => l.CreatedAt < end);
        }
        var tomorrow = zone.BeginOf(zone.DayOf(now).AddDays(1));
        leads = filter.Step switch
        {
            LeadStep.Overdue => leads.Where(l => l.NextStepAt < now),
            LeadStep.Today => leads.Where(l => l.NextStepAt < tomorrow),
            LeadStep.NoContact => leads.Where(l => l.ClosedAt == null && l.FirstContactAt == null),
            _ => leads,
        };
        return Holding(db, Going(db, leads, filter.Trend, rules, now), filter.Text, actor);
    }

    // as LeadSignals reads it, in the words of the database
    private static IQueryable<Lead> Going(PortalDb db, IQueryable<Lead> leads, LeadTrend? trend, LeadRules rules, DateTimeOffset now)
    {
        var (silent, lately, many) = (now.AddDays(-rules.CoolingDays), now.AddDays(-rules.ReadyDays), rules.ReadyContacts);
        // read at once: asking every lead for its own is slow where there are many
        var talkative = db.ContactsSince(lately).GroupBy(e => e.Lead).Where(g => g.Count() >= many).Select(g => g.Key);
        return trend switch
        {
            LeadTrend.Cooling => leads.Where(l => l.ClosedAt == null && ((l.LastContactAt ?? l.CreatedAt) <= silent || l.NextStepAt < now
                || l.Interest == LeadInterest.Unknown && l.Peak != LeadInterest.Unknown || l.Interest == LeadInterest.Cold && (l.Peak == LeadInterest.Warm || l.Peak == LeadInterest.Hot) || l.Interest == LeadInterest.Warm && l.Peak == LeadInterest.Hot)),
            // hot, or two of three
            LeadTrend.Ready => leads.Where(l => l.ClosedAt == null && (l.Interest == LeadInterest.Hot || l.AskedPrice && l.BudgetKnown || (l.AskedPrice || l.BudgetKnown) && talkative.Contains(l.Id))),
            _ => leads,
        };
    }

    private static IQueryable<Lead> Holding(PortalDb db, IQueryable<Lead> leads, string? text, Actor actor)
    {
        if (!LikePattern.Words(text).Any()) return leads;
        // as a set of ids, which the indexes of the words find, and not as a question to every lead
        var meant = db.Set<SearchRow>().Where(r => r.Kind == ObjectKind.Lead).Holding(text).Select(r => r.ObjectId);
        if (actor.Can(Permissions.ClientsRead))
        {
            var clients = db.Set<PartnerWords>().Holding(text, actor.Hidden).Select(w => w.Partner);
            meant = meant.Union(db.Set<Lead>().Where(l => clients.Contains((Guid)(object)l.Partner!.Value)).Select(l => (Guid)(object)l.Id));
        }
        return leads.Where(l => meant.Contains((Guid)(object)l.Id));
    }
}
