using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.GroupChange;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.GroupChange;

/// <summary>
/// Sets a field of the clients at hand, as a single change would: the same rules, the same lines in the history.
/// What it asks of the database beside the clients is asked once.
/// </summary>
internal sealed class ChangePlan(PortalDb db, ClientChange change, Actor actor, DateTimeOffset now)
{
    private readonly Dictionary<Guid, string?> colleagues = [];
    private readonly Dictionary<PartnerId, IReadOnlyList<PartnerId>> above = [];
    private IReadOnlyDictionary<PartnerId, int> heights = new Dictionary<PartnerId, int>();
    private Dictionary<Guid, ObjectTag> tags = [];
    private Dictionary<Guid, int> tagCounts = [];

    /// <summary>Refuses a change that can be made for nobody.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.change-unknown</c>, <c>work.person-unknown</c>, <c>work.heir-without-clients</c>, <c>identity.out-of-reach</c>, <c>clients.partner-unknown</c>, <c>text.required</c>, <c>text.too-long</c>, <c>clients.take-over</c></exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        switch (change.Field)
        {
            case ClientField.Responsible when change.Value is not null:
                actor.RequireNoTakeOver(null, Id(change.Value));
                await NameOfAsync(Id(change.Value), ct);
                break;
            case ClientField.Branch when change.Value is not null:
                var (branch, reach) = (new BranchId(Id(change.Value)), actor.OnlyBranch());
                if (!await db.Set<Branch>().AnyAsync(b => b.Id == branch && !b.Archived && (reach == null || b.Id == reach), ct)) throw new RuleBrokenException("identity.out-of-reach");
                break;
            case ClientField.Parent when change.Value is not null: await AboveAsync(new(Id(change.Value)), ct); break;
            case ClientField.Standing: Of<PartnerStanding>(change.Value); break;
            case ClientField.Level: Of<NetworkLevel>(change.Value); break;
            case ClientField.Kind: Of<PartnerKinds>(change.Subject); IsYes(change.Value); break;
            case ClientField.Archived: IsYes(change.Value); break;
            case ClientField.Tag: ObjectTag.Clean(change.Subject); IsYes(change.Value); break;
        }
    }

    /// <summary>Reads what is needed for these clients.</summary>
    public async Task MeetAsync(IReadOnlyCollection<PartnerId> partners, CancellationToken ct)
    {
        if (change.Field == ClientField.Parent) heights = await NetworkPlace.HeightsAsync(db, partners, ct);
        if (change.Field != ClientField.Tag) return;
        var (ids, word) = (partners.Select(p => p.Value).ToList(), ObjectTag.Clean(change.Subject).ToLowerInvariant());
        var ofThese = db.Set<ObjectTag>().Where(t => t.AboutKind == ObjectKind.Partner && ids.Contains(t.AboutId));
        tags = await ofThese.Where(t => t.Word.ToLower() == word).ToDictionaryAsync(t => t.AboutId, ct);
        tagCounts = await ofThese.GroupBy(t => t.AboutId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
    }

    /// <summary>What a client has now.</summary>
    public string? Read(Partner partner) => change.Field switch
    {
        ClientField.Responsible => partner.Responsible?.ToString(),
        ClientField.Branch => partner.Branch?.Value.ToString(),
        ClientField.Standing => partner.Standing.ToString(),
        ClientField.Kind => YesOrNo(partner.Kinds.HasFlag(Of<PartnerKinds>(change.Subject))),
        ClientField.Tag => YesOrNo(tags.ContainsKey(partner.Id.Value)),
        ClientField.Level => partner.Level.ToString(),
        ClientField.Parent => partner.Parent?.Value.ToString(),
        _ => YesOrNo(partner.Archived),
    };

    /// <summary>Sets it. A refusal leaves the client as it was.</summary>
    /// <exception cref="RuleBrokenException">as a single change</exception>
    public async Task WriteAsync(Partner partner, string? value, CancellationToken ct)
    {
        switch (change.Field)
        {
            case ClientField.Responsible:
                Guid? user = value is null ? null : Id(value);
                var name = await NameOfAsync(user, ct);
                partner.HandTo(user, partner.Branch);
                Tell(partner, "partner.handed", name);
                break;
            case ClientField.Branch:
                var was = partner.Branch;
                partner.HandTo(partner.Responsible, value is null ? null : new(Id(value)));
                try
                {
                    actor.RequireReach(partner);
                }
                catch (RuleBrokenException)
                {
                    partner.HandTo(partner.Responsible, was);
                    throw;
                }
                break;
            case ClientField.Standing:
                partner.Stand(Of<PartnerStanding>(value));
                Tell(partner, $"partner.{value!.ToLowerInvariant()}");
                break;
            case ClientField.Kind:
                var kind = Of<PartnerKinds>(change.Subject);
                partner.Describe(partner.Name, IsYes(value) ? partner.Kinds | kind : partner.Kinds & ~kind);
                break;
            case ClientField.Tag: Tag(partner, IsYes(value)); break;
            case ClientField.Level:
                var level = Of<NetworkLevel>(value);
                if (level == NetworkLevel.Single && partner.Parent is not null) throw new RuleBrokenException("clients.single-in-network");
                partner.JoinNetwork(partner.Parent, level);
                break;
            case ClientField.Parent:
                PartnerId? parent = value is null ? null : new(Id(value));
                if (parent is { } head && head != partner.Id)
                {
                    if (partner.Level == NetworkLevel.Single) throw new RuleBrokenException("clients.single-in-network");
                    NetworkPlace.RequireRoom(partner.Id, await AboveAsync(head, ct), heights[partner.Id]);
                }
                partner.JoinNetwork(parent, partner.Level);
                break;
            default:
                if (IsYes(value)) partner.Archive();
                else partner.Restore();
                Tell(partner, IsYes(value) ? "partner.archived" : "partner.restored");
                break;
        }
    }

    private void Tag(Partner partner, bool put)
    {
        if (!put) db.Remove(tags[partner.Id.Value]);
        else if (tagCounts.GetValueOrDefault(partner.Id.Value) >= ObjectTag.MostPerObject) throw new RuleBrokenException("work.too-many-tags", ObjectTag.MostPerObject);
        else db.Add(new ObjectTag(new(ObjectKind.Partner, partner.Id.Value), change.Subject));
    }

    private async Task<string?> NameOfAsync(Guid? user, CancellationToken ct)
    {
        if (user is not { } id) return null;
        return colleagues.TryGetValue(id, out var name) ? name : colleagues[id] = await PartnerRegistry.HeirAsync(db, id, actor, ct);
    }

    private async Task<IReadOnlyList<PartnerId>> AboveAsync(PartnerId head, CancellationToken ct) =>
        above.TryGetValue(head, out var known) ? known : above[head] = await NetworkPlace.ChainAsync(db, head, actor, ct);

    private void Tell(Partner partner, string what, string? words = null) =>
        db.Add(new TimelineEntry(partner.Id, what, new(ObjectKind.Partner, partner.Id.Value), words, now, actor));

    private static string YesOrNo(bool yes) => yes ? ClientChange.Yes : ClientChange.No;

    private static bool IsYes(string? value) => value switch { ClientChange.Yes => true, ClientChange.No => false, _ => throw new RuleBrokenException("clients.change-unknown") };

    private static Guid Id(string value) => Guid.TryParse(value, out var id) ? id : throw new RuleBrokenException("clients.change-unknown");

    private static T Of<T>(string? value) where T : struct, Enum =>
        Enum.TryParse<T>(value, out var known) && Enum.IsDefined(known) && Convert.ToInt32(known) is var number && (typeof(T) != typeof(PartnerKinds) || number != 0) ? known : throw new RuleBrokenException("clients.change-unknown");
}
