using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Clients.History;

/// <summary>Reads what the stamps of one page stand for, one query for each source that is on it.</summary>
internal sealed class HistoryLines(PortalDb db, HistoryReader reader, MapCache maps, CancellationToken ct)
{
    /// <summary>What of a lead is told of its client, and under which words: what he said and what came of it, not how we divide the work.</summary>
    internal static readonly IReadOnlyDictionary<LeadEventKind, string> LeadCodes = new Dictionary<LeadEventKind, string>
    {
        [LeadEventKind.Came] = "lead.came", [LeadEventKind.AskedAgain] = "lead.asked-again", [LeadEventKind.Talked] = "lead.talked",
        [LeadEventKind.Disqualified] = "lead.disqualified", [LeadEventKind.Reopened] = "lead.reopened", [LeadEventKind.Converted] = "lead.converted",
    };

    /// <summary>The lines of a page, in the order of its stamps; one whose row is gone meanwhile is left out.</summary>
    public async Task<IReadOnlyList<TimelineRow>> ReadAsync(IReadOnlyList<HistoryStamp> stamps)
    {
        var lines = new Dictionary<HistoryMark, TimelineRow>();
        foreach (var source in stamps.GroupBy(s => (HistorySource)s.Source))
            foreach (var line in await OfAsync(source.Key, [.. source.Select(s => s.Mark)])) lines[line.Mark] = line;
        return [.. stamps.Select(s => lines.GetValueOrDefault(s.Mark)).OfType<TimelineRow>()];
    }

    private Task<IEnumerable<TimelineRow>> OfAsync(HistorySource source, List<HistoryMark> marks) => source switch
    {
        HistorySource.Entry => EntriesAsync(marks),
        HistorySource.Lead => LeadsAsync(marks),
        HistorySource.LeadNote => LeadNotesAsync(marks),
        HistorySource.Trip => TripsAsync(marks),
        HistorySource.ProcessStarted or HistorySource.ProcessEnded => ProcessesAsync(marks, source == HistorySource.ProcessEnded),
        HistorySource.FileAttached or HistorySource.FileArchived => FilesAsync(marks, source == HistorySource.FileArchived),
        HistorySource.AssignmentEnded => AssignmentsAsync(marks),
        HistorySource.TaskClosed => TasksAsync(marks),
        _ => ChangesAsync(marks),
    };

    private async Task<IEnumerable<TimelineRow>> EntriesAsync(List<HistoryMark> marks)
    {
        var ids = marks.ConvertAll(m => m.Id);
        var entries = await db.Set<TimelineEntry>().AsNoTracking().Where(e => ids.Contains(e.Id)).ToDictionaryAsync(e => e.Id, ct);
        var talks = entries.Values.Where(e => e.AboutKind == ObjectKind.Interaction).Select(e => new InteractionId(e.AboutId)).Distinct().ToList();
        var interactions = talks.Count == 0 ? [] : (await InteractionRows.ReadAsync(db, InteractionQuery.Within(db, reader.Actor).Where(i => talks.Contains(i.Id)), ct)).ToDictionary(i => i.Id.Value);
        var untold = reader.Hidden.Has(ConfidentialFields.Mails);
        return marks.Where(m => entries.ContainsKey(m.Id)).Select(m =>
        {
            var e = entries[m.Id];
            var words = untold && e.What == ClientLetters.Told ? ClientLetters.WithoutAddress(e.Words) : e.Words;
            return new TimelineRow(m, e.AboutKind == ObjectKind.Interaction ? TimelineKind.Interaction : TimelineKind.Event, e.What, new(e.AboutKind, e.AboutId), words, e.ByName)
            {
                Interaction = e.AboutKind == ObjectKind.Interaction ? interactions.GetValueOrDefault(e.AboutId) : null,
            };
        });
    }

    private async Task<IEnumerable<TimelineRow>> LeadsAsync(List<HistoryMark> marks)
    {
        var ids = marks.ConvertAll(m => m.Id);
        var rows = await db.Set<LeadEvent>().AsNoTracking().Where(e => ids.Contains(e.Id)).Join(db.Set<Lead>(), e => e.Lead, l => l.Id, (e, l) => new { Event = e, l.Subject }).ToDictionaryAsync(x => x.Event.Id, ct);
        return marks.Where(m => rows.ContainsKey(m.Id)).Select(m =>
        {
            var (e, subject) = (rows[m.Id].Event, rows[m.Id].Subject);
            // an appeal begins with its own subject
            var (first, rest) = e.Kind is LeadEventKind.Came or LeadEventKind.AskedAgain && e.Words is { } words ? (words.Split('\n')[0], words.Contains('\n') ? words[(words.IndexOf('\n') + 1)..] : null) : (subject, e.Words);
            return new TimelineRow(m, e.Kind == LeadEventKind.Talked ? TimelineKind.Interaction : TimelineKind.Event, LeadCodes[e.Kind], new(ObjectKind.Lead, e.Lead.Value), first, e.ByUser == Guid.Empty ? "" : e.ByName)
            {
                Talk = e.Talk, Said = e.Kind == LeadEventKind.Converted ? null : rest,
            };
        });
    }

    private async Task<IEnumerable<TimelineRow>> LeadNotesAsync(List<HistoryMark> marks)
    {
        var ids = marks.ConvertAll(m => m.Id);
        var rows = await db.Set<Comment>().AsNoTracking().Where(c => ids.Contains(c.Id)).Select(c => new { Note = c, Subject = db.Set<Lead>().Where(l => (Guid)(object)l.Id == c.AboutId).Select(l => l.Subject).FirstOrDefault() }).ToDictionaryAsync(x => x.Note.Id, ct);
        return marks.Where(m => rows.ContainsKey(m.Id)).Select(m => new TimelineRow(m, TimelineKind.Interaction, "lead.talked", new(ObjectKind.Lead, rows[m.Id].Note.AboutId), rows[m.Id].Subject, rows[m.Id].Note.ByName)
        {
            Talk = InteractionKind.Note, Said = rows[m.Id].Note.Text,
        });
    }

    private async Task<IEnumerable<TimelineRow>> TripsAsync(List<HistoryMark> marks)
    {
        var ids = marks.ConvertAll(m => new TripId(m.Id));
        var trips = (await Trips(db, db.Set<Trip>().Where(t => ids.Contains(t.Id)), reader.Actor).ToListAsync(ct)).ToDictionary(t => t.Id.Value);
        return marks.Where(m => trips.ContainsKey(m.Id)).Select(m => new TimelineRow(m, TimelineKind.Trip, "trip", new(ObjectKind.Trip, m.Id), null, "") { Trip = trips[m.Id] });
    }

    /// <summary>Orders as a history shows them: who sees a client knows how it is served, and opens what he may see on the board.</summary>
    public static IQueryable<HistoryTrip> Trips(PortalDb db, IQueryable<Trip> trips, Actor reader)
    {
        var (board, only) = (reader.Can(Permissions.BoardRead), reader.OnlyBranch());
        return trips.Select(t => new { Trip = t, Opens = board && (only == null || t.Branch == only) }).Select(x => new HistoryTrip(
            x.Trip.Id, x.Trip.Number, x.Trip.State, x.Trip.PickupFrom, x.Trip.PickupUntil, x.Trip.ArrivedAt, x.Trip.EndedAt, x.Trip.Pickup.Address, x.Trip.Dropoff.Address,
            x.Opens ? db.Set<Vehicle>().Where(v => v.Id == x.Trip.Vehicle).Select(v => v.Plate).FirstOrDefault() : null, x.Opens));
    }

    private async Task<IEnumerable<TimelineRow>> ProcessesAsync(List<HistoryMark> marks, bool ended)
    {
        var ids = marks.ConvertAll(m => new InstanceId(m.Id));
        var rows = await db.Set<InstanceRow>().AsNoTracking().Where(i => ids.Contains(i.Id)).Select(i => new { i.Id, i.Definition, i.Title, i.Status, i.Stage, i.StartedByName, i.EndNote }).ToDictionaryAsync(i => i.Id.Value, ct);
        var lines = new List<TimelineRow>();
        foreach (var mark in marks.Where(m => rows.ContainsKey(m.Id)))
        {
            var row = rows[mark.Id];
            var map = await maps.FindAsync(row.Definition, ct);
            var stage = row.Status == InstanceStatus.Running && row.Stage is { } key ? map.Stages.FirstOrDefault(s => s.Key == key)?.Name : null;
            lines.Add(new(mark, TimelineKind.Process, ended ? "process.ended" : "process.started", new(ObjectKind.ProcessInstance, mark.Id), row.Title, ended ? "" : row.StartedByName)
            {
                Title = map.Process.Name, Process = new(row.Id, row.Status, stage, ended ? row.EndNote : null),
            });
        }
        return lines;
    }

    private async Task<IEnumerable<TimelineRow>> FilesAsync(List<HistoryMark> marks, bool archived)
    {
        var ids = marks.ConvertAll(m => new StoredFileId(m.Id));
        var files = await db.Set<StoredFile>().AsNoTracking().Where(f => ids.Contains(f.Id)).ToDictionaryAsync(f => f.Id.Value, ct);
        return marks.Where(m => files.ContainsKey(m.Id)).Select(m => new TimelineRow(
            m, TimelineKind.File, archived ? "file.archived" : "file.attached", new(ObjectKind.StoredFile, m.Id), files[m.Id].Name, archived ? files[m.Id].ArchivedByName ?? "" : files[m.Id].ByName)
        {
            File = files[m.Id].Archived ? null : files[m.Id].Id,
        });
    }

    private async Task<IEnumerable<TimelineRow>> AssignmentsAsync(List<HistoryMark> marks)
    {
        var ids = marks.ConvertAll(m => new AssignmentId(m.Id));
        var rows = await db.Set<Assignment>().Where(a => ids.Contains(a.Id))
            .Select(a => new { a.Id, a.Title, a.State, Who = db.Set<PortalUser>().Where(u => u.Id == a.Performer).Select(u => u.DisplayName).FirstOrDefault() }).ToDictionaryAsync(a => a.Id.Value, ct);
        return marks.Where(m => rows.ContainsKey(m.Id)).Select(m => new TimelineRow(
            m, TimelineKind.Work, rows[m.Id].State == AssignmentState.Done ? "assignment.done" : "assignment.withdrawn", new(ObjectKind.Assignment, m.Id), rows[m.Id].Title, rows[m.Id].Who ?? ""));
    }

    private async Task<IEnumerable<TimelineRow>> TasksAsync(List<HistoryMark> marks)
    {
        var ids = marks.ConvertAll(m => new ProcessTaskId(m.Id));
        var rows = await db.Set<TaskRow>().AsNoTracking().Where(t => ids.Contains(t.Id)).Select(t => new { t.Id, t.Title, t.ClosedByName }).ToDictionaryAsync(t => t.Id.Value, ct);
        return marks.Where(m => rows.ContainsKey(m.Id)).Select(m => new TimelineRow(m, TimelineKind.Work, "task.done", new(ObjectKind.ProcessTask, m.Id), null, rows[m.Id].ClosedByName ?? "")
        {
            Title = JsonSerializer.Deserialize<LocalText>(rows[m.Id].Title, StateJson.Options),
        });
    }

    private async Task<IEnumerable<TimelineRow>> ChangesAsync(List<HistoryMark> marks)
    {
        var numbers = marks.ConvertAll(m => m.Number);
        var rows = await db.Set<AuditRow>().AsNoTracking().Where(r => numbers.Contains(r.Id)).ToDictionaryAsync(r => r.Id, ct);
        var changes = rows.ToDictionary(r => r.Key, r => Changed(r.Value));
        var names = await NamesAsync(changes.Values.SelectMany(fields => fields));
        var parts = await PartsAsync([.. rows.Values]);
        return marks.Where(m => rows.ContainsKey(m.Number)).Select(m =>
        {
            var row = rows[m.Number];
            return new TimelineRow(m, TimelineKind.Change, "changed", About(row), parts.GetValueOrDefault(About(row).Id), row.UserName)
            {
                Changes = [.. changes[m.Number].Select(f => f with { Before = Named(f.Before), After = Named(f.After) })],
            };
        });

        string? Named(string? value) => Guid.TryParse(value, out var id) ? names.GetValueOrDefault(id) : value;
    }

    // a number or tag is told of whom it belongs to
    private static ObjectRef About(AuditRow row)
    {
        if (HistorySources.Told.ContainsKey(row.ObjectKind)) return new(Enum.Parse<ObjectKind>(row.ObjectKind), row.ObjectId);
        var fields = JsonNode.Parse(row.After ?? row.Before!)!;
        return fields[nameof(ContactPoint.Person)]?.GetValue<Guid>() is { } person ? new(ObjectKind.Person, person)
            : new(ObjectKind.Partner, (fields[nameof(ContactPoint.Partner)] ?? fields[nameof(ObjectTag.AboutId)])!.GetValue<Guid>());
    }

    private ChangedField Point(AuditRow row)
    {
        var (fields, gone) = (JsonNode.Parse(row.After ?? row.Before!)!, row.After is null);
        if (row.ObjectKind == nameof(ObjectTag)) return Told(ChangedField.Tag, fields[nameof(ObjectTag.Word)]?.ToString());
        var channel = Enum.Parse<ContactChannel>(fields[nameof(ContactPoint.Channel)]!.ToString());
        return reader.Hidden.Has(HiddenFields.FieldOf(channel)) ? new(ChangedField.Of(channel), AuditRow.Hidden, AuditRow.Hidden) : Told(ChangedField.Of(channel), fields[nameof(ContactPoint.Value)]?.ToString());

        ChangedField Told(string name, string? value) => new(name, gone ? value : null, gone ? null : value);
    }

    private List<ChangedField> Changed(AuditRow row)
    {
        if (!HistorySources.Told.ContainsKey(row.ObjectKind)) return [Point(row)];
        var (before, after) = (JsonNode.Parse(row.Before ?? "{}")!.AsObject(), JsonNode.Parse(row.After ?? "{}")!.AsObject());
        return [.. HistorySources.Told[row.ObjectKind].Where(after.ContainsKey).Select(name => reader.Hidden.Has(HiddenFields.FieldOf(row.ObjectKind, name))
            ? new ChangedField(name, AuditRow.Hidden, AuditRow.Hidden) : new ChangedField(name, before[name]?.ToString(), after[name]?.ToString()))];
    }

    // clients beyond reach keep their names
    private async Task<Dictionary<Guid, string>> NamesAsync(IEnumerable<ChangedField> fields)
    {
        var ids = fields.SelectMany(f => new[] { f.Before, f.After }).Select(v => Guid.TryParse(v, out var id) ? id : (Guid?)null).OfType<Guid>().Distinct().ToList();
        if (ids.Count == 0) return [];
        return await db.Set<Partner>().Within(reader.Actor).Where(p => ids.Contains((Guid)(object)p.Id)).Select(p => new { Id = (Guid)(object)p.Id, p.Name })
            .Concat(db.Set<Branch>().Where(b => ids.Contains((Guid)(object)b.Id)).Select(b => new { Id = (Guid)(object)b.Id, b.Name }))
            .Concat(db.Set<Counterparty>().Where(c => c.Partner == reader.Partner && ids.Contains((Guid)(object)c.Id)).Select(c => new { Id = (Guid)(object)c.Id, c.Name }))
            .Concat(db.Set<Person>().Where(p => ids.Contains((Guid)(object)p.Id) && db.Set<ContactRole>().Any(r => r.Partner == reader.Partner && r.Person == p.Id)).Select(p => new { Id = (Guid)(object)p.Id, p.Name }))
            .ToDictionaryAsync(x => x.Id, x => x.Name, ct);
    }

    // what of the client was changed, as it is called now
    private async Task<Dictionary<Guid, string>> PartsAsync(List<AuditRow> rows)
    {
        var ids = rows.Select(About).Where(about => about.Kind != ObjectKind.Partner).Select(about => about.Id).Distinct().ToList();
        if (ids.Count == 0) return [];
        return await db.Set<Counterparty>().Where(c => ids.Contains((Guid)(object)c.Id)).Select(c => new { Id = (Guid)(object)c.Id, c.Name })
            .Concat(db.Set<Place>().Where(p => ids.Contains((Guid)(object)p.Id)).Select(p => new { Id = (Guid)(object)p.Id, p.Name }))
            .Concat(db.Set<Agreement>().Where(a => ids.Contains((Guid)(object)a.Id)).Select(a => new { Id = (Guid)(object)a.Id, Name = a.Number }))
            .Concat(db.Set<Person>().Where(p => ids.Contains((Guid)(object)p.Id)).Select(p => new { Id = (Guid)(object)p.Id, p.Name }))
            .ToDictionaryAsync(x => x.Id, x => x.Name, ct);
    }
}
