using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>Whom a letter to a client goes to.</summary>
internal sealed record MailReceiver(string Name, string Mail);

/// <summary>Mail addresses of clients.</summary>
internal static class ClientMail
{
    /// <summary>The one whom a document is addressed to, else the client at his own address, else his only contact who can be written to; null where there is none.</summary>
    public static async Task<MailReceiver?> FindAsync(PortalDb db, PersonId? contact, PartnerId? client, CancellationToken ct)
    {
        var person = await db.Set<Person>().Where(p => p.Id == contact).Select(p => new { p.Name, p.Email }).FirstOrDefaultAsync(ct);
        if (person?.Email is { } own && IsMail(own)) return new(person.Name, own);
        var partner = await db.Set<Partner>().Where(p => p.Id == client).Select(p => new { p.Name, p.Email }).FirstOrDefaultAsync(ct);
        if (partner?.Email is { } common && IsMail(common)) return new(partner.Name, common);
        var reachable = await db.Set<Person>().Where(p => p.Email != null && db.Set<ContactRole>().Any(r => r.Person == p.Id && r.Partner == client && !r.Ended)).OrderBy(p => p.Id).Select(p => new { p.Name, p.Email }).Take(2).ToListAsync(ct);
        return reachable is [{ Email: { } only } one] && IsMail(only) ? new(one.Name, only) : null;
    }

    /// <summary>An address as somebody typed it.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>offers.mail-unreadable</c></exception>
    public static string Read(string? typed)
    {
        var address = Required.Text(typed, "offer.mail", 200);
        return IsMail(address) ? address : throw new RuleBrokenException("offers.mail-unreadable", address);
    }

    private static bool IsMail(string address) => MailAddress.TryCreate(address, out var mail) && mail.Address == address;
}
