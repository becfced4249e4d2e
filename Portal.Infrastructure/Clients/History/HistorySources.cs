using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Clients.History;

/// <summary>The tables that tell something of a client, in the order of their lines of one moment.</summary>
internal enum HistorySource { Entry, Lead, LeadNote, TaskClosed, AssignmentEnded, ProcessEnded, ProcessStarted, Trip, FileArchived, FileAttached, Change }

/// <summary>Which line of which source, and when: what all sources are merged by.</summary>
internal sealed class HistoryStamp
{
    public DateTimeOffset At { get; init; }
    public int Source { get; init; }
    public long Number { get; init; }
    public Guid Id { get; init; }

    /// <summary>The stamp as pages go on behind it.</summary>
    public HistoryMark Mark => new(At, Source, Number, Id);
}

/// <summary>Whose history, and what of it the reader may know.</summary>
internal sealed record HistoryReader(PartnerId Partner, Guid? Responsible, TimelineFilter Filter, Actor Actor, DateTimeOffset Now)
{
    /// <summary>Fields hidden from the reader.</summary>
    public ConfidentialFields Hidden => Actor.HiddenOf(Responsible);

    /// <summary>True where he also knows of confidential files of others.</summary>
    public bool IsTrusted => Actor.Can(Permissions.FilesConfidential) || Responsible == Actor.UserId;
}

/// <summary>
/// The lines of a client's history that a reader may see, each source by the rights of its own feature; the orders of a client are told to everybody who sees it. All are cut to one page by an index on the client before they are merged.
/// </summary>
internal static class HistorySources
{
    /// <summary>Columns of the audit that are told, by what they belong to. Who answers, standing and archive of the client are told by its own timeline.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Told = new Dictionary<string, string[]>
    {
        [nameof(Partner)] = [nameof(Partner.Name), nameof(Partner.Kinds), nameof(Partner.Phone), nameof(Partner.Email), nameof(Partner.Website), nameof(Partner.Branch), nameof(Partner.Level), nameof(Partner.Parent), nameof(Partner.Note)],
        [nameof(Counterparty)] = [nameof(Counterparty.Name), nameof(Counterparty.Country), nameof(Counterparty.TaxNumber), nameof(Counterparty.RegisterNumber), nameof(Counterparty.LegalAddress), nameof(Counterparty.Parent), nameof(Counterparty.Archived)],
        [nameof(Person)] = [nameof(Person.Name), nameof(Person.Phone), nameof(Person.Email), nameof(Person.BirthDate), nameof(Person.Note)],
        [nameof(Place)] = [nameof(Place.Name), nameof(Place.Address), nameof(Place.Door), nameof(Place.AccessNote), nameof(Place.Contact), nameof(Place.Purposes), nameof(Place.Archived)],
        [nameof(Agreement)] = [nameof(Agreement.Kind), nameof(Agreement.Number), nameof(Agreement.Name), nameof(Agreement.Counterparty), nameof(Agreement.ValidFrom), nameof(Agreement.ValidUntil), nameof(Agreement.PaymentDays),
            nameof(Agreement.CreditLimit), nameof(Agreement.Currency), nameof(Agreement.Note), nameof(Agreement.Archived)],
    };

    /// <summary>The sources of the filter's kind, or all.</summary>
    public static async Task<List<IQueryable<HistoryStamp>>> OfAsync(PortalDb db, HistoryReader reader, InstanceRights processes, CancellationToken ct)
    {
        var (filter, actor, id) = (reader.Filter, reader.Actor, reader.Partner.Value);
        var patterns = LikePattern.ContainingEach(filter.Text).ToList();
        var sources = new List<IQueryable<HistoryStamp>>();

        if (Wants(TimelineKind.Interaction) || Wants(TimelineKind.Event))
        {
            sources.Add(Entries(db, reader, patterns));
            sources.AddRange(Leads(db, reader, patterns));
        }
        if (filter.Talk is not null) return sources;
        if (Wants(TimelineKind.Trip)) sources.Add(Trips(db, reader, patterns));
        if (Wants(TimelineKind.File)) sources.AddRange(Files(db, reader, patterns));
        if (Wants(TimelineKind.Work)) sources.Add(Assignments(db, reader, patterns));
        if ((Wants(TimelineKind.Work) || Wants(TimelineKind.Process)) && actor.Can(Permissions.ProcessRead))
        {
            var instances = (await processes.OfAsync(db, actor, ct)).Where(i => i.BusinessId == id && i.BusinessKind == ObjectKind.Partner);
            if (Wants(TimelineKind.Work)) sources.Add(Tasks(db, reader, patterns, instances));
            if (Wants(TimelineKind.Process)) sources.AddRange(Processes(reader, patterns, instances));
        }
        // what somebody looks for by its words is no change of a field
        if (Wants(TimelineKind.Change) && patterns.Count == 0) sources.AddRange(await ChangesAsync(db, reader, ct));
        return sources;

        bool Wants(TimelineKind kind) => filter.Kind is null || filter.Kind == kind;
    }

    private static IQueryable<HistoryStamp> Trips(PortalDb db, HistoryReader reader, List<string> patterns)
    {
        var trips = db.Set<Trip>().Where(t => t.Customer == reader.Partner && t.PickupFrom <= reader.Now);
        if (reader.Filter.By is { } user) trips = trips.Where(t => t.Events.Any(e => e.ByUser == user));
        foreach (var pattern in patterns)
            trips = trips.Where(t => EF.Functions.ILike(t.Pickup.Address, pattern, LikePattern.Escape) || EF.Functions.ILike(t.Dropoff.Address, pattern, LikePattern.Escape) || EF.Functions.ILike("#" + t.Number, pattern, LikePattern.Escape));
        return trips.Select(t => new HistoryStamp { At = t.PickupFrom, Source = (int)HistorySource.Trip, Number = 0, Id = (Guid)(object)t.Id });
    }

    private static IEnumerable<IQueryable<HistoryStamp>> Files(PortalDb db, HistoryReader reader, List<string> patterns)
    {
        var (id, trusted, me) = (reader.Partner.Value, reader.IsTrusted, reader.Actor.UserId);
        var files = db.Set<StoredFile>().Where(f => f.AboutId == id && f.AboutKind == ObjectKind.Partner && (trusted || !f.Confidential || f.ByUser == me));
        if (reader.Filter.By is { } user) files = files.Where(f => f.ByUser == user);
        foreach (var pattern in patterns) files = files.Where(f => EF.Functions.ILike(f.Name, pattern, LikePattern.Escape));
        return
        [
            files.Select(f => new HistoryStamp { At = f.At, Source = (int)HistorySource.FileAttached, Number = 0, Id = (Guid)(object)f.Id }),
            files.Where(f => f.ArchivedAt != null).Select(f => new HistoryStamp { At = f.ArchivedAt!.Value, Source = (int)HistorySource.FileArchived, Number = 0, Id = (Guid)(object)f.Id }),
        ];
    }

    private static IQueryable<HistoryStamp> Assignments(PortalDb db, HistoryReader reader, List<string> patterns)
    {
        var id = reader.Partner.Value;
        var assignments = db.Set<Assignment>().SeenBy(reader.Actor).Where(a => a.AboutId == id && a.AboutKind == ObjectKind.Partner && a.EndedAt != null);
        if (reader.Filter.By is { } user) assignments = assignments.Where(a => a.Performer == user);
        foreach (var pattern in patterns) assignments = assignments.Where(a => EF.Functions.ILike(a.Title, pattern, LikePattern.Escape));
        return assignments.Select(a => new HistoryStamp { At = a.EndedAt!.Value, Source = (int)HistorySource.AssignmentEnded, Number = 0, Id = (Guid)(object)a.Id });
    }

    private static IQueryable<HistoryStamp> Tasks(PortalDb db, HistoryReader reader, List<string> patterns, IQueryable<InstanceRow> instances)
    {
        var id = reader.Partner.Value;
        // a title stands in its row in every language
        var titled = patterns.Count == 0 ? db.Set<TaskRow>() : db.Set<TaskRow>().FromSql($"select *, xmin from process.task where title::text ilike all ({patterns.ToArray()})");
        var tasks = titled.Where(t => t.BusinessId == id && t.BusinessKind == ObjectKind.Partner && t.ClosedAt != null && t.Outcome == TaskOutcome.Completed && instances.Any(i => i.Id == t.Instance));
        if (reader.Filter.By is { } user) tasks = tasks.Where(t => t.ClosedBy == user);
        return tasks.Select(t => new HistoryStamp { At = t.ClosedAt!.Value, Source = (int)HistorySource.TaskClosed, Number = 0, Id = (Guid)(object)t.Id });
    }

    private static IEnumerable<IQueryable<HistoryStamp>> Processes(HistoryReader reader, List<string> patterns, IQueryable<InstanceRow> instances)
    {
        if (reader.Filter.By is { } user) instances = instances.Where(i => i.StartedBy == user || i.Owner == user);
        foreach (var pattern in patterns) instances = instances.Where(i => EF.Functions.ILike(i.Title ?? "", pattern, LikePattern.Escape));
        return
        [
            instances.Select(i => new HistoryStamp { At = i.StartedAt, Source = (int)HistorySource.ProcessStarted, Number = 0, Id = (Guid)(object)i.Id }),
            instances.Where(i => i.EndedAt != null).Select(i => new HistoryStamp { At = i.EndedAt!.Value, Source = (int)HistorySource.ProcessEnded, Number = 0, Id = (Guid)(object)i.Id }),
        ];
    }

    private static IQueryable<HistoryStamp> Entries(PortalDb db, HistoryReader reader, List<string> patterns)
    {
        var (filter, partner) = (reader.Filter, reader.Partner);
        var untold = reader.Hidden.Has(ConfidentialFields.Mails);
        var entries = db.Set<TimelineEntry>().Where(e => e.Partner == partner);
        if (filter.Kind == TimelineKind.Interaction || filter.Talk is not null) entries = entries.Where(e => e.AboutKind == ObjectKind.Interaction);
        if (filter.Kind == TimelineKind.Event) entries = entries.Where(e => e.AboutKind != ObjectKind.Interaction);
        if (filter.Talk is { } talk) entries = entries.Where(e => db.Set<Interaction>().Any(i => (Guid)(object)i.Id == e.AboutId && i.Kind == talk));
        if (filter.By is { } user) entries = entries.Where(e => e.ByUser == user || e.AboutKind == ObjectKind.Interaction && db.Set<Interaction>().Any(i => (Guid)(object)i.Id == e.AboutId && i.Responsible == user));
        entries = entries.Where(e => e.AboutKind != ObjectKind.Deal || db.Set<Deal>().Within(reader.Actor).Any(d => (Guid)(object)d.Id == e.AboutId));
        entries = entries.Where(e => e.AboutKind != ObjectKind.Offer || db.Set<Offer>().Within(db, reader.Actor).Any(o => (Guid)(object)o.Id == e.AboutId));
        entries = entries.Where(e => e.AboutKind != ObjectKind.Order || db.Set<SalesOrder>().Within(reader.Actor).Any(o => (Guid)(object)o.Id == e.AboutId));
        entries = entries.Where(e => e.AboutKind != ObjectKind.Invoice || db.Set<Invoice>().Within(reader.Actor).Any(i => (Guid)(object)i.Id == e.AboutId));
        entries = entries.Where(e => e.AboutKind != ObjectKind.Payment || db.Set<Payment>().Within(db, reader.Actor).Any(p => (Guid)(object)p.Id == e.AboutId));
        entries = entries.Where(e => e.AboutKind != ObjectKind.Claim || db.Set<Claim>().Within(db, reader.Actor).Any(c => (Guid)(object)c.Id == e.AboutId));
        foreach (var pattern in patterns)
            entries = entries.Where(e => (!untold || e.What != ClientLetters.Told) && EF.Functions.ILike(e.Words ?? "", pattern, LikePattern.Escape)
                || db.Set<Interaction>().Any(i => (Guid)(object)i.Id == e.AboutId
                    && (EF.Functions.ILike(i.Subject, pattern, LikePattern.Escape) || EF.Functions.ILike(i.Text ?? "", pattern, LikePattern.Escape) || EF.Functions.ILike(i.Outcome ?? "", pattern, LikePattern.Escape))));
        return entries.Select(e => new HistoryStamp { At = e.At, Source = (int)HistorySource.Entry, Number = 0, Id = e.Id });
    }

    // appeals, talks and notes stand with their lead, also those from before its client was one
    private static IEnumerable<IQueryable<HistoryStamp>> Leads(PortalDb db, HistoryReader reader, List<string> patterns)
    {
        var (filter, partner) = (reader.Filter, reader.Partner);
        var talks = filter.Kind == TimelineKind.Interaction || filter.Talk is not null;
        // one list for one question: of a list and a single kind beside it the translation takes them for contradictory
        var kinds = HistoryLines.LeadCodes.Keys.Where(kind => talks ? kind == LeadEventKind.Talked : filter.Kind != TimelineKind.Event || kind != LeadEventKind.Talked).ToArray();
        var leads = db.Set<Lead>().Within(reader.Actor).Where(l => l.Partner == partner);
        var events = from e in db.Set<LeadEvent>() join l in leads on e.Lead equals l.Id where kinds.Contains(e.Kind) select new { Event = e, l.Subject };
        if (filter.Talk is { } talk) events = events.Where(x => x.Event.Talk == talk);
        if (filter.By is { } user) events = events.Where(x => x.Event.ByUser == user);
        foreach (var pattern in patterns) events = events.Where(x => EF.Functions.ILike(x.Subject, pattern, LikePattern.Escape) || EF.Functions.ILike(x.Event.Words ?? "", pattern, LikePattern.Escape));
        yield return events.Select(x => new HistoryStamp { At = x.Event.At, Source = (int)HistorySource.Lead, Number = 0, Id = x.Event.Id });
        if (filter.Kind == TimelineKind.Event || filter.Talk is not (null or InteractionKind.Note)) yield break;
        var notes = from c in db.Set<Comment>() join l in leads on c.AboutId equals (Guid)(object)l.Id where c.AboutKind == ObjectKind.Lead select c;
        if (filter.By is { } author) notes = notes.Where(c => c.ByUser == author);
        foreach (var pattern in patterns) notes = notes.Where(c => EF.Functions.ILike(c.Text, pattern, LikePattern.Escape));
        yield return notes.Select(c => new HistoryStamp { At = c.At, Source = (int)HistorySource.LeadNote, Number = 0, Id = c.Id });
    }

    private static async Task<IEnumerable<IQueryable<HistoryStamp>>> ChangesAsync(PortalDb db, HistoryReader reader, CancellationToken ct)
    {
        var id = reader.Partner.Value;
        var parts = (await db.Database.SqlQuery<Part>($"""
            (select 'Counterparty' as "Kind", id as "Id" from clients.counterparty where partner = {id} order by id limit {PartnerDetailsQuery.MostRows})
            union all (select 'Place', id from clients.place where partner = {id} order by id limit {PartnerDetailsQuery.MostRows})
            union all (select 'Agreement', id from clients.agreement where partner = {id} order by id limit {PartnerDetailsQuery.MostRows})
            union all (select distinct 'Person', person from clients.contact_role where partner = {id} limit {PartnerDetailsQuery.MostRows})
            """).ToListAsync(ct)).ToLookup(p => p.Kind, p => p.Id);
        // kind by kind: together no index would find them in their order
        return Told.Keys.Select(kind => (Kind: kind, Ids: kind == nameof(Partner) ? [id] : parts[kind].ToArray())).Where(part => part.Ids.Length > 0).Select(part =>
        {
            var (rows, told) = (Changed(db, part.Kind), Told[part.Kind]);
            rows = part.Ids is [var only] ? rows.Where(r => r.ObjectId == only) : rows.Where(r => part.Ids.Contains(r.ObjectId));
            return Stamps(rows.Where(r => EF.Functions.JsonExistAny(r.After!, told)), reader);
        }).Append(Stamps(await PointsAsync(db, reader, [id, .. parts[nameof(Person)]], ct), reader));
    }

    private static IQueryable<HistoryStamp> Stamps(IQueryable<AuditRow> rows, HistoryReader reader)
    {
        if (reader.Filter.By is { } user) rows = rows.Where(r => r.UserId == user);
        return rows.Select(r => new HistoryStamp { At = r.At, Source = (int)HistorySource.Change, Number = r.Id, Id = r.ObjectId });
    }

    // further numbers and tags come and go as rows of their own; what came with the client itself needs no line
    private static async Task<IQueryable<AuditRow>> PointsAsync(PortalDb db, HistoryReader reader, Guid[] owners, CancellationToken ct)
    {
        var born = await db.Set<TimelineEntry>().Where(e => e.Partner == reader.Partner && e.What == "partner.added").Select(e => (DateTimeOffset?)e.At).FirstOrDefaultAsync(ct);
        var ids = owners.Select(owner => owner.ToString()).ToArray();
        return db.Set<AuditRow>().FromSql($"""
            select * from core.audit where object_kind in ('ContactPoint', 'ObjectTag') and action in ('added', 'removed')
                and coalesce(coalesce(after, before) ->> 'Person', coalesce(after, before) ->> 'Partner', coalesce(after, before) ->> 'AboutId') = any({ids})
            """).Where(r => r.At != born);
    }

    // the kinds stand in the text of the query: the index of changes is a partial one
    private static IQueryable<AuditRow> Changed(PortalDb db, string kind) => kind switch
    {
        nameof(Partner) => db.Set<AuditRow>().Where(r => r.Action == "changed" && r.ObjectKind == nameof(Partner)),
        nameof(Counterparty) => db.Set<AuditRow>().Where(r => r.Action == "changed" && r.ObjectKind == nameof(Counterparty)),
        nameof(Place) => db.Set<AuditRow>().Where(r => r.Action == "changed" && r.ObjectKind == nameof(Place)),
        nameof(Agreement) => db.Set<AuditRow>().Where(r => r.Action == "changed" && r.ObjectKind == nameof(Agreement)),
        _ => db.Set<AuditRow>().Where(r => r.Action == "changed" && r.ObjectKind == nameof(Person)),
    };

    private sealed class Part
    {
        public string Kind { get; init; } = "";
        public Guid Id { get; init; }
    }
}
