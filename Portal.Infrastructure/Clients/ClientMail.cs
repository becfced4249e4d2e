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
    /// <summary>The one whom a document is addressed to, else the client at his own address; null where neither has one.</summary>
    public static async Task<MailReceiver?> FindAsync(PortalDb db, PersonId? contact, PartnerId? client, CancellationToken ct)
    {
        var person = await db.Set<Person>().Where(p => p.Id == contact).Select(p => new { p.Name, p.Email }).FirstOrDefaultAsync(ct);
        if (person?.Email is { } own && IsMail(own)) return new(person.Name, own);
        var partner = await db.Set<Partner>().Where(p => p.Id == client).Select(p => new { p.Name, p.Email }).FirstOrDefaultAsync(ct);
        return partner?.Email is { } common && IsMail(common) ? new(partner.Name, common) : null;
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
