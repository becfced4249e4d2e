using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>A field by which a list shows those who share its value.</summary>
public enum EqualField { TaxNumber, Phone, Mail, Name, Address }

/// <summary>Finds partners who share the value of a field with another of the same list, by the stored keys.</summary>
internal static class EqualFields
{
    /// <summary>Groups one list holds at most; whoever works through it sees the rest after.</summary>
    public const int MostGroups = 2000;

    private const int MostInGroup = 100;
    private const int FewPartners = 50_000;

    /// <summary>Partners by id with the number of their group, counted from 0; those who share a value directly or through another are one group.</summary>
    /// <param name="all">whether the list is not narrowed: then the groups are looked for first, else the list</param>
    public static async Task<IReadOnlyDictionary<PartnerId, int>> FindAsync(PortalDb db, IQueryable<Partner> partners, EqualField field, bool all, CancellationToken ct)
    {
        var (low, high) = BlockingKeys.RangeOf(PassOf(field));
        var few = all ? [] : await partners.Select(p => (Guid)(object)p.Id).Take(FewPartners + 1).ToArrayAsync(ct);
        var narrowed = !all && few.Length <= FewPartners;
        var found = narrowed
            ? await db.Database.SqlQuery<SharedKey>($"""select key as "Key", partner as "Partner" from clients.partner_key where partner = any({few}) and key >= {low} and key < {high}""").ToListAsync(ct)
            : await db.Database.SqlQuery<SharedKey>($"""
                select s.key as "Key", k.partner as "Partner"
                from (select key from clients.partner_key where key >= {low} and key < {high} group by key having count(*) > 1 order by key limit {MostGroups}) s
                cross join lateral (select partner from clients.partner_key k where k.key = s.key limit {MostInGroup}) k
                """).ToListAsync(ct);
        if (!narrowed)
        {
            var ids = found.Select(k => new PartnerId(k.Partner)).Distinct().ToList();
            var listed = await partners.Where(p => ids.Contains(p.Id)).Select(p => (Guid)(object)p.Id).ToHashSetAsync(ct);
            found.RemoveAll(k => !listed.Contains(k.Partner));
        }
        return Groups(found);
    }

    /// <summary>What the groups of a field tell of its clients.</summary>
    public static ConfidentialFields Told(EqualField field) => field switch
    {
        EqualField.TaxNumber => ConfidentialFields.TaxNumbers, EqualField.Phone => ConfidentialFields.Phones, EqualField.Mail => ConfidentialFields.Mails, _ => ConfidentialFields.None,
    };

    private static Dictionary<PartnerId, int> Groups(List<SharedKey> found)
    {
        var lead = new Dictionary<Guid, Guid>();
        foreach (var shared in found.GroupBy(k => k.Key).Where(g => g.Count() > 1))
            foreach (var key in shared.Skip(1)) lead[Head(key.Partner)] = Head(shared.First().Partner);
        var numbers = new Dictionary<Guid, int>();
        return lead.Keys.Concat(lead.Values).Distinct().Order().GroupBy(Head).Take(MostGroups)
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
