using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Reads contact persons with all by which they can be recognised; whom they work for speaks for them as contacts speak for a company.</summary>
internal static class PersonReading
{
    /// <summary>The next persons by id who are somebody's contact, and the partners they belong to.</summary>
    public static async Task<List<(Guid Id, PartyDetails Details, Guid[] Partners)>> ReadAsync(PortalDb db, Guid after, int count, CancellationToken ct)
    {
        var next = await db.Database.SqlQuery<Guid>($"""select id as "Value" from clients.person where id > {after} and merged_into is null order by id limit {count}""").ToListAsync(ct);
        var ids = next.ConvertAll(id => new PersonId(id));
        var people = await db.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).OrderBy(p => p.Id).ToListAsync(ct);
        var roles = (await db.Set<ContactRole>().Where(r => ids.Contains(r.Person) && r.Partner != null && !r.Ended)
            .Join(db.Set<Partner>().Where(p => !p.Archived), r => r.Partner, p => p.Id, (r, p) => new { r.Person, Partner = p.Id, p.Name }).ToListAsync(ct)).ToLookup(r => r.Person);
        var points = (await db.Set<ContactPoint>().AsNoTracking().Where(p => ids.Contains(p.Person!.Value)).ToListAsync(ct)).ToLookup(p => p.Person!.Value);
        return [.. people.Select(p => (p.Id.Value, new PartyDetails
        {
            Name = p.Name,
            BirthDate = p.BirthDate,
            Phones = [.. points[p.Id].Where(x => x.Channel == ContactChannel.Phone).Select(x => x.Value).Append(p.Phone).OfType<string>().Select(phone => PhoneNumber.Of(phone, null))],
            Mails = [.. points[p.Id].Where(x => x.Channel == ContactChannel.Email).Select(x => x.Value).Append(p.Email).OfType<string>().Select(MailAddress.Of)],
            Contacts = [.. roles[p.Id].Select(r => r.Name).Distinct()],
        }, roles[p.Id].Select(r => r.Partner.Value).Distinct().ToArray()))];
    }

    /// <summary>The key that the people of one partner share: two of one name there are likelier one than two of one name anywhere.</summary>
    public static long KeyOf(Guid partner) => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(partner.ToByteArray())) & 0x00FF_FFFF_FFFF_FFFF;
}
