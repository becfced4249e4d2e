using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Work.Handovers;

/// <summary>A piece with its heir, or the reason why it stays.</summary>
internal sealed record AllottedPiece(HeldPiece Piece, PortalUser? Heir, HandoverRefusal? Refusal)
{
    public bool Moves => Refusal is null;

    /// <summary>What the report calls it; nothing where who hands over may not know.</summary>
    public string Title => Refusal is HandoverRefusal.BeyondReach or HandoverRefusal.NotAllowed ? "" : Piece.Title;
}

/// <summary>A plan applied to what a person holds now: the same for the preview and for the handover itself.</summary>
internal sealed class HandoverAllotment
{
    private HandoverAllotment(PortalUser from, IReadOnlyList<AllottedPiece> pieces) => (From, Pieces) = (from, pieces);

    public PortalUser From { get; }
    public IReadOnlyList<AllottedPiece> Pieces { get; }

    /// <summary>Clients that change hands and may be written to: those in the lists.</summary>
    public IEnumerable<AllottedPiece> Addressees => Pieces.Where(IsAddressee);

    /// <summary>Whether a farewell goes to the piece.</summary>
    public bool IsWrittenTo(AllottedPiece piece) => IsAddressee(piece) && piece.Piece.Mail is not null;

    private static bool IsAddressee(AllottedPiece piece) => piece.Moves && piece.Piece is { Kind: HeldKind.Client, Archived: false };

    /// <summary>The letter to a client that changes hands; null where it has no address.</summary>
    public SampleLetter? LetterTo(AllottedPiece client, Farewell farewell)
    {
        if (client.Piece.Mail is not { } mail) return null;
        var words = farewell.For(client.Piece.Country, new(client.Piece.Title, From.DisplayName, client.Heir!.DisplayName, client.Heir.Email ?? ""));
        return new(mail, words.Subject, words.Text) { AnswersTo = client.Heir.Email };
    }

    /// <summary>Allots what the person holds.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c>, <c>process.work-to-oneself</c>, <c>process.performer-unknown</c>, <c>process.four-eyes</c>, <c>work.same-person</c>, <c>work.person-unknown</c>, <c>work.heir-without-clients</c>, <c>clients.take-over</c></exception>
    public static async Task<HandoverAllotment> OfAsync(PortalDb db, HandoverPlan plan, UserRights rights, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        var named = plan.Shares.SelectMany(s => s.To).Distinct().ToList();
        if (named.Contains(plan.From)) throw new RuleBrokenException("work.same-person");
        await TaskDesk.RequireWorkOfAsync(db, plan.From, null, actor, ct);
        var from = await db.Set<PortalUser>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == plan.From && u.Partner == null, ct) ?? throw new RuleBrokenException("work.person-unknown");
        var heirs = await db.Set<PortalUser>().AsNoTracking().OfStaff().Where(u => named.Contains(u.Id)).ToDictionaryAsync(u => u.Id, ct);
        if (heirs.Count != named.Count) throw new RuleBrokenException("work.person-unknown");
        var able = await HandoverHeir.FindAsync(db, plan.From, named, actor, ct);
        var barred = await db.Set<TaskRow>().Where(t => t.Assignee == plan.From && t.ClosedAt == null && t.Excluded.Any(u => named.Contains(u))).ToDictionaryAsync(t => t.Id.Value, t => t.Excluded, ct);

        var (allotted, clients, turns) = (new List<AllottedPiece>(), new Dictionary<Guid, PortalUser>(), new int[plan.Shares.Count]);
        foreach (var kind in plan.Shares.Select(s => s.Kind).Distinct().Order())
        {
            foreach (var piece in await HeldPiece.OfAsync(db, kind, plan.From, actor, ct))
            {
                var share = plan.Shares.TakeWhile(s => !s.Takes(piece)).Count();
                if (share == plan.Shares.Count || plan.Shares[share] is { To.Count: 0, WithClients: false }) continue;
                allotted.Add(Allot(piece, share));
            }
        }
        var unseen = await UnseenAsync(db, allotted, clients, rights, ct);
        return new(from, [.. allotted.Select(p => unseen.Contains(p.Piece.Id) ? p with { Heir = null, Refusal = HandoverRefusal.BeyondHeir } : p)]);

        AllottedPiece Allot(HeldPiece piece, int share)
        {
            if (!MayHand(piece.Kind, plan.From, actor)) return new(piece, null, HandoverRefusal.NotAllowed);
            if (piece.Beyond) return new(piece, null, HandoverRefusal.BeyondReach);
            var to = plan.Shares[share].To;
            var heir = plan.Shares[share].WithClients ? clients.GetValueOrDefault(piece.Client!.Value) : heirs[to[turns[share]++ % to.Count]];
            if (heir is null) return new(piece, null, HandoverRefusal.ClientStays);
            // a plan that cannot be is refused before anything moves
            if (piece.Kind == HeldKind.Client) actor.RequireNoTakeOver(plan.From, heir.Id);
            RequireAble(piece.Kind, heir);
            if (piece.Kind == HeldKind.Task && barred.GetValueOrDefault(piece.Id)?.Contains(heir.Id) == true) throw new RuleBrokenException("process.four-eyes");
            if (piece.Kind == HeldKind.Client) clients[piece.Id] = heir;
            return new(piece, heir, null);
        }

        void RequireAble(HeldKind kind, PortalUser heir)
        {
            if (able.Any(a => a.Id == heir.Id && a.May(kind))) return;
            if (plan.From != actor.UserId && able.All(a => a.Id != heir.Id)) throw new RuleBrokenException("identity.out-of-reach");
            if (plan.From != actor.UserId && heir.Id == actor.UserId && kind > HeldKind.Segment) throw new RuleBrokenException("process.work-to-oneself");
            if (kind == HeldKind.Lead) throw new RuleBrokenException("work.heir-without-leads", heir.DisplayName);
            if (kind == HeldKind.Deal) throw new RuleBrokenException("work.heir-without-deals", heir.DisplayName);
            if (kind == HeldKind.Offer) throw new RuleBrokenException("work.heir-without-offers", heir.DisplayName);
            if (kind == HeldKind.Order) throw new RuleBrokenException("work.heir-without-orders", heir.DisplayName);
            if (kind == HeldKind.Claim) throw new RuleBrokenException("work.heir-without-claims", heir.DisplayName);
            throw kind <= HeldKind.Segment ? new RuleBrokenException("work.heir-without-clients", heir.DisplayName) : new RuleBrokenException("process.performer-unknown");
        }
    }

    /// <summary>Planned interactions whose client their heir would not see once the clients of the plan have changed hands.</summary>
    private static async Task<HashSet<Guid>> UnseenAsync(PortalDb db, IEnumerable<AllottedPiece> allotted, IReadOnlyDictionary<Guid, PortalUser> clients, UserRights rights, CancellationToken ct)
    {
        var meetings = allotted.Where(p => p.Moves && p.Piece.Kind == HeldKind.Interaction).ToList();
        var met = meetings.Select(p => new PartnerId(p.Piece.Client!.Value)).Distinct().ToList();
        var partners = await db.Set<Partner>().AsNoTracking().Where(p => met.Contains(p.Id)).ToListAsync(ct);
        foreach (var partner in partners)
            if (clients.TryGetValue(partner.Id.Value, out var next)) partner.HandTo(next.Id, partner.Branch);
        var unseen = new HashSet<Guid>();
        foreach (var his in meetings.GroupBy(p => p.Heir!.Id))
        {
            var seen = await rights.FindAsync(his.Key, ct) is { } heir ? partners.AsQueryable().Within(heir).Select(p => p.Id.Value).ToHashSet() : [];
            unseen.UnionWith(his.Where(p => !seen.Contains(p.Piece.Client!.Value)).Select(p => p.Piece.Id));
        }
        return unseen;
    }

    private static bool MayHand(HeldKind kind, Guid from, Actor actor) => kind switch
    {
        HeldKind.Client => actor.Can(Permissions.ClientsManage),
        HeldKind.Interaction => actor.Can(Permissions.ClientsManage) || from == actor.UserId && actor.Can(Permissions.ClientsRead),
        HeldKind.Lead => actor.Can(Permissions.LeadsManage),
        HeldKind.Deal => actor.Can(Permissions.DealsManage),
        HeldKind.Offer => actor.Can(Permissions.OffersManage),
        HeldKind.Order => actor.Can(Permissions.OrdersManage),
        HeldKind.Claim => actor.Can(Permissions.ClaimsManage),
        HeldKind.Segment => actor.Can(Permissions.ClientsRead),
        HeldKind.Task or HeldKind.Process => actor.Can(Permissions.TasksWork) || actor.Can(Permissions.TasksOversee),
        _ => true,
    };
}
