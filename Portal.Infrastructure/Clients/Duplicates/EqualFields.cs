using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>A field by which a list shows those who share its value.</summary>
public enum EqualField { TaxNumber, Phone, Mail, Name, Address }

/// <summary>Partners by id with the number of their group, counted from 0.</summary>
/// <param name="Cut">whether more groups are in the list than are looked for at once</param>
internal sealed record EqualGroups(IReadOnlyDictionary<PartnerId, int> Numbers, bool Cut);

/// <summary>Finds partners who share the value of a field with another of the same list, by the stored keys.</summary>
internal static class EqualFields
{
    /// <summary>Groups one list holds at most; whoever works through it sees the rest after.</summary>
    public const int MostGroups = 2000;

    private const int MostInGroup = 100;
    private const int FewPartners = 50_000;

    /// <summary>The groups of a list; partners who share a value directly or through another are one.</summary>
    public static async Task<EqualGroups> FindAsync(PortalDb db, IQueryable<Partner> partners, EqualField field, CancellationToken ct)
    {
        var (low, high) = BlockingKeys.RangeOf(PassOf(field));
        var few = await partners.Select(p => (Guid)(object)p.Id).Take(FewPartners + 1).ToArrayAsync(ct);
        var shared = few.Length <= FewPartners
            ? (await db.Database.SqlQuery<SharedKey>($"""select key as "Key", partner as "Partner" from clients.partner_key where partner = any({few}) and key >= {low} and key < {high}""").ToListAsync(ct))
                .GroupBy(k => k.Key).Where(g => g.Count() > 1).OrderBy(g => g.Key).Take(MostGroups + 1).ToList()
            : await AmongManyAsync(db, partners, low, high, ct);
        return new(Groups(shared.Take(MostGroups)), shared.Count > MostGroups);
    }

    // Values that are shared in the base are looked through in their order, for whom of the list they belong to, until there are enough of them.
    private static async Task<List<IGrouping<long, SharedKey>>> AmongManyAsync(PortalDb db, IQueryable<Partner> partners, long from, long high, CancellationToken ct)
    {
        var found = new List<IGrouping<long, SharedKey>>();
        var held = db.Database.SqlQuery<SharedKey>($"""select key as "Key", partner as "Partner" from clients.partner_key""").Where(k => partners.Any(p => (Guid)(object)p.Id == k.Partner));
        for (var atOnce = MostGroups; found.Count <= MostGroups; atOnce *= 2)
        {
            var keys = await db.Database.SqlQuery<long>($"""
                select key as "Value" from clients.partner_key where key >= {from} and key < {high} group by key having count(*) > 1 order by key limit {atOnce}
                """).ToArrayAsync(ct);
            if (keys.Length == 0) break;
            var wanted = db.Database.SqlQuery<long>($"""select key as "Value" from unnest({keys}) key""");
            var listed = await wanted.SelectMany(key => held.Where(k => k.Key == key).OrderBy(k => k.Partner).Take(MostInGroup)).ToListAsync(ct);
            found.AddRange(listed.GroupBy(k => k.Key).Where(g => g.Count() > 1).OrderBy(g => g.Key).Take(MostGroups + 1 - found.Count));
            from = keys[^1] + 1;
        }
        return found;
    }

    /// <summary>What the groups of a field tell of its clients.</summary>
    public static ConfidentialFields Told(EqualField field) => field switch
    {
        EqualField.TaxNumber => ConfidentialFields.TaxNumbers, EqualField.Phone => ConfidentialFields.Phones, EqualField.Mail => ConfidentialFields.Mails, _ => ConfidentialFields.None,
    };

    private static Dictionary<PartnerId, int> Groups(IEnumerable<IGrouping<long, SharedKey>> found)
    {
        var lead = new Dictionary<Guid, Guid>();
        foreach (var shared in found)
            foreach (var key in shared.Skip(1)) lead[Head(key.Partner)] = Head(shared.First().Partner);
        var numbers = new Dictionary<Guid, int>();
        return lead.Keys.Concat(lead.Values).Distinct().Order().GroupBy(Head)
            .SelectMany(group => group.Select(id => (id, group.Key)))
            .ToDictionary(member => new PartnerId(member.id), member => numbers.TryGetValue(member.Key, out var number) ? number : numbers[member.Key] = numbers.Count);

        Guid Head(Guid id)
        {
            while (lead.TryGetValue(id, out var next) && next != id) id = next;
            return id;
        }
    }

    private static BlockingPass PassOf(EqualField field) => field switch
    {
        EqualField.TaxNumber => BlockingPass.TaxNumber,
        EqualField.Phone => BlockingPass.Phone,
        EqualField.Mail => BlockingPass.Mail,
        EqualField.Name => BlockingPass.WholeName,
        _ => BlockingPass.WholeAddress,
    };

    private sealed record SharedKey(long Key, Guid Partner);
}
