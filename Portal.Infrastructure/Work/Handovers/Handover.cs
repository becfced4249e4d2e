using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Work.Handovers;

/// <summary>
/// All or chosen work of a person to colleagues in one operation, such as when he leaves. One's own work anybody hands over; that of others
/// of his reach, who looks after their work; clients need the right to manage them.
/// </summary>
public sealed class Handover(IDbContextFactory<PortalDb> contexts, UserRights rights, LiveChanges live, WorkHints hints, TimeProvider time)
{
    private const int AtOnce = 500;

    /// <summary>How much a person holds.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c></exception>
    public async Task<WorkHeld> HeldAsync(Guid from, Actor actor, CancellationToken ct = default)
    {
        await using var db = await OpenAsync(from, actor, ct);
        return await HeldPiece.CountAsync(db, from, ct);
    }

    /// <summary>Those who may receive something of a person's work, by name.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c></exception>
    public async Task<IReadOnlyList<HandoverHeir>> HeirsAsync(Guid from, Actor actor, CancellationToken ct = default)
    {
        await using var db = await OpenAsync(from, actor, ct);
        return await HandoverHeir.FindAsync(db, from, null, actor, ct);
    }

    /// <summary>What a person holds of a kind within the actor's reach, for choosing, by a part of its title; clients and interactions for who may see clients.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c></exception>
    public async Task<PageOf<HeldItem>> ItemsAsync(Guid from, HeldKind kind, string? text, Slice slice, Actor actor, CancellationToken ct = default)
    {
        await using var db = await OpenAsync(from, actor, ct);
        if (HandoverLine.IsOfClients(kind)) actor.Require(kind switch { HeldKind.Lead => Permissions.LeadsRead, HeldKind.Deal => Permissions.DealsRead, HeldKind.Offer => Permissions.OffersRead, HeldKind.Order => Permissions.OrdersRead, HeldKind.Claim => Permissions.ClaimsRead, _ => Permissions.ClientsRead });
        return await HeldPiece.PageAsync(db, kind, from, text, slice, actor, ct);
    }

    /// <summary>What a plan comes to, before anything is done.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="RunAsync"/></exception>
    public async Task<HandoverOutline> PreviewAsync(HandoverPlan plan, Actor actor, CancellationToken ct = default)
    {
        var farewell = plan.Farewell?.Checked();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var allotment = await HandoverAllotment.OfAsync(db, plan, rights, actor, ct);
        var groups = allotment.Pieces.GroupBy(p => (p.Piece.Kind, To: p.Heir?.Id, Name: p.Heir?.DisplayName, p.Refusal))
            .Select(g => new HandoverGroup(g.Key.Kind, g.Key.To, g.Key.Name, g.Key.Refusal, g.Count())).OrderBy(g => g.Kind).ThenBy(g => g.Refusal).ThenBy(g => g.ToName).ToList();
        if (farewell is null) return new(groups, 0, 0, null);
        var letters = allotment.Addressees.Count(p => p.Piece.Mail is not null);
        var sample = allotment.Addressees.Select(p => allotment.LetterTo(p, farewell)).FirstOrDefault(letter => letter is not null);
        if (actor.HiddenOf(plan.From).Has(ConfidentialFields.Mails)) sample = sample is null ? null : sample with { To = "" };
        return new(groups, letters, allotment.Addressees.Count() - letters, sample);
    }

    /// <summary>Hands over: all of the plan, or on a failure or cancellation nothing. The report says what went to whom and what could not; a repeat finds nothing left.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>identity.not-allowed</c>, <c>identity.out-of-reach</c>, <c>process.work-to-oneself</c>, <c>process.performer-unknown</c>, <c>work.same-person</c>,
    /// <c>work.person-unknown</c>, <c>work.heir-without-clients</c>, <c>work.letter-place</c>, <c>text.required</c>
    /// </exception>
    public async Task<HandoverReport> RunAsync(HandoverPlan plan, Actor actor, IProgress<HandoverProgress>? progress = null, CancellationToken ct = default)
    {
        var farewell = plan.Farewell?.Checked();
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HandoverMoves.LockAsync(db, plan.From, plan.Shares.Select(s => s.Kind).ToHashSet(), ct);
        var allotment = await HandoverAllotment.OfAsync(db, plan, rights, actor, ct);
        var (now, done, moving) = (time.GetUtcNow(), 0, allotment.Pieces.Where(p => p.Moves).ToList());
        foreach (var kind in new[] { HeldKind.Client, HeldKind.Interaction, HeldKind.Lead, HeldKind.Deal, HeldKind.Offer, HeldKind.Order, HeldKind.Claim, HeldKind.Task, HeldKind.Process })
            foreach (var some in moving.Where(p => p.Piece.Kind == kind).Chunk(AtOnce))
            {
                await HandoverMoves.MoveAsync(db, kind, plan.From, some, now, actor, ct);
                Tell(some.Length);
            }
        foreach (var some in moving.Where(p => p.Piece.Kind == HeldKind.Segment).Chunk(AtOnce))
        {
            await ShareOutAsync(db, some, ct);
            Tell(some.Length);
        }
        // control first: what a person gave himself gets its new controller before it gets its new performer
        foreach (var kind in new[] { HeldKind.Control, HeldKind.Assignment })
            foreach (var some in moving.Where(p => p.Piece.Kind == kind).Chunk(AtOnce))
            {
                await AssignAsync(db, kind, plan.From, some, now, actor, ct);
                Tell(some.Length);
            }
        var report = await ReportAsync(db, allotment, farewell, now, actor, ct);
        await transaction.CommitAsync(ct);
        // what went through the context is told by it
        live.Publish([.. moving.Where(p => p.Piece.Kind is <= HeldKind.Process and not HeldKind.Segment).Select(p => new LiveChange(new(HandoverLine.KindOf(p.Piece.Kind), p.Piece.Id), null, actor.UserId, actor.Name))]);
        if (report.Letters > 0) hints.Poke();
        return report;

        void Tell(int more) => progress?.Report(new(done += more, moving.Count));
    }

    private static async Task ShareOutAsync(PortalDb db, IReadOnlyCollection<AllottedPiece> pieces, CancellationToken ct)
    {
        var heirs = pieces.ToDictionary(p => new SegmentId(p.Piece.Id), p => p.Heir!.Id);
        var (ids, owners) = (heirs.Keys.ToList(), heirs.Values.Distinct().ToList());
        var taken = (await db.Set<Segment>().Where(s => owners.Contains(s.Owner)).Select(s => new { s.Owner, s.Name }).ToListAsync(ct)).Select(s => (s.Owner, s.Name.ToLowerInvariant())).ToHashSet();
        foreach (var segment in await db.Set<Segment>().Where(s => ids.Contains(s.Id)).OrderBy(s => s.Id).ToListAsync(ct))
        {
            var (heir, name) = (heirs[segment.Id], segment.Name);
            for (var again = 2; !taken.Add((heir, name.ToLowerInvariant())); again++) name = $"{(segment.Name.Length > Segment.MostInName - 6 ? segment.Name[..(Segment.MostInName - 6)] : segment.Name)} ({again})";
            segment.HandTo(heir, name);
        }
        await db.SaveChangesAsync(ct);
    }

    private static async Task AssignAsync(PortalDb db, HeldKind kind, Guid from, IReadOnlyCollection<AllottedPiece> pieces, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        var heirs = pieces.ToDictionary(p => p.Piece.Id, p => p.Heir!);
        var ids = heirs.Keys.Select(id => new AssignmentId(id)).ToList();
        foreach (var assignment in await db.Set<Assignment>().Include(a => a.Events).Where(a => ids.Contains(a.Id)).ToListAsync(ct))
        {
            var heir = heirs[assignment.Id.Value];
            if (kind == HeldKind.Assignment) assignment.HandOver(heir.Id, heir.DisplayName, heir.Branch, now, actor);
            // what he had asked of himself is accepted by who does it now
            if (kind == HeldKind.Control || assignment.Controller is null && assignment.Giver == from) assignment.HandOverControl(from, heir.Id, heir.DisplayName, now, actor);
        }
        await db.SaveChangesAsync(ct);
    }

    private static async Task<HandoverReport> ReportAsync(PortalDb db, HandoverAllotment allotment, Farewell? farewell, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        var id = HandoverId.New();
        var letters = farewell is null ? 0 : allotment.Addressees.Count(p => p.Piece.Mail is not null);
        var report = new HandoverReport(id, allotment.From.Id, allotment.From.DisplayName, allotment.Pieces.Count(p => p.Moves), allotment.Pieces.Count(p => !p.Moves), letters, now, actor);
        db.Add(report);
        await db.SaveChangesAsync(ct);
        // a thousand clients have a thousand letters: no more of them are written at a time than are sent off
        foreach (var some in allotment.Pieces.Select((piece, ordinal) => (Piece: piece, Ordinal: ordinal)).Chunk(AtOnce))
        {
            var written = farewell is null ? [] : some.Select(p => p.Piece).Where(allotment.IsWrittenTo).ToDictionary(p => p.Piece.Id, p => allotment.LetterTo(p, farewell)!);
            var lines = some.Select(p => new HandoverLine(id, p.Ordinal, p.Piece.Piece.Kind, p.Piece.Piece.Id, p.Piece.Title, p.Piece.Moves ? p.Piece.Heir!.Id : null, p.Piece.Heir?.DisplayName, p.Piece.Refusal,
                p.Piece.Piece.Kind == HeldKind.Client ? written.GetValueOrDefault(p.Piece.Piece.Id)?.To : null)).ToList();
            db.AddRange(lines);
            await db.SaveChangesAsync(ct);
            foreach (var line in lines) db.Entry(line).State = EntityState.Detached;
            await HandoverMoves.PostAsync(db, [.. written.Select(l => ClientLetters.Entry($"farewell/{id.Value}/{l.Key}/{l.Value.To}", new(l.Key, l.Value.To, l.Value.Subject, l.Value.Text, actor.UserId, actor.Name, l.Value.AnswersTo)))], now, ct);
        }
        return report;
    }

    private async Task<PortalDb> OpenAsync(Guid from, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        var db = await contexts.CreateDbContextAsync(ct);
        try
        {
            await TaskDesk.RequireWorkOfAsync(db, from, null, actor, ct);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}
