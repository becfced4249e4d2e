using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>A form as anybody reads it.</summary>
/// <param name="Managers">whom of ours a client may ask for</param>
public sealed record WebForm(string Key, IReadOnlyDictionary<string, LeadFormWords> Words, LeadFields Asked, LeadFields Needed, IReadOnlyList<string> Origins, IReadOnlyList<Colleague> Managers);

/// <summary>What somebody sends by a form.</summary>
/// <param name="Source">key of the advertising source that the embedding page names; an unknown one leaves the form's own</param>
/// <param name="Trap">what stands in the field that people do not see</param>
/// <param name="Stamp">as <see cref="WebLeads.Stamp"/> gave it with the form</param>
public sealed record WebAppeal(LeadContact Contact, string? Text = null, Guid? Manager = null, string? Source = null, string? Trap = null, string? Stamp = null);

/// <summary>
/// Takes appeals in from anybody, by forms. Each form that is read carries a stamp under the product's own key: it says when it was read and is good for one appeal and a day.
/// What looks like a program's is kept apart until a person has looked at it.
/// </summary>
public sealed class WebLeads(IDbContextFactory<PortalDb> contexts, LeadIntake intake, CommandLog log, IDataProtectionProvider keys, TimeProvider time)
{
    /// <summary>Appeals by one form in a minute, beyond which nothing more is taken: the rest is a flood.</summary>
    public const int MostAMinute = 300;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly Actor Web = Actor.System("web form") with { Origin = "web form" };

    private readonly IDataProtector protector = keys.CreateProtector("sales.lead.form");

    /// <summary>The form at an address; null where there is none or it was closed.</summary>
    public async Task<WebForm?> OpenAsync(string key, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await FindAsync(db, key, ct) is not { } form) return null;
        var named = form.Managers.ToList();
        var managers = named.Count == 0 ? [] : await db.Set<PortalUser>().OfStaff().Where(u => named.Contains(u.Id)).OrderBy(u => u.DisplayName).Select(u => new Colleague(u.Id, u.DisplayName)).ToListAsync(ct);
        return new(form.Key, form.Words, form.Asked, form.Needed, form.Origins, managers);
    }

    /// <summary>A stamp for a form that is read now.</summary>
    /// <param name="before">the stamp it was sent with, where it is shown again: the time of reading stays</param>
    public string Stamp(string key, string? before = null) => Stamp(key, Read(key, before) is { } known && !IsOld(known.At) ? known.At
        // whoever wrote for a day sends at once
        : before is null ? time.GetUtcNow() : time.GetUtcNow() - LeadSpam.Fastest);

    /// <summary>Takes an appeal in. A second time with the same stamp it has no second effect.</summary>
    /// <returns>false where there is no such form</returns>
    /// <exception cref="RuleBrokenException"><c>leads.form-stale</c>, <c>leads.form-busy</c>, <c>text.required</c>, <c>text.too-long</c>, <c>leads.contact-required</c>, those of phones and mail addresses</exception>
    public async Task<bool> SendAsync(string key, WebAppeal sent, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await FindAsync(db, key, ct) is not { } form) return false;
        var (contact, appeal) = Checked(form, sent);
        if (Read(key, sent.Stamp) is not { } stamp || IsOld(stamp.At)) throw new RuleBrokenException("leads.form-stale");
        var now = time.GetUtcNow();
        var (id, minute) = (form.Id, now.AddMinutes(-1));
        var lately = await db.Set<Lead>().CountAsync(l => l.Form == id && l.CreatedAt > minute, ct);
        if (lately >= MostAMinute) throw new RuleBrokenException("leads.form-busy");
        var source = sent.Source is { Length: > 0 and <= 80 } named ? await db.Set<LeadSource>().Where(s => s.Key == named && !s.Archived).Select(s => (LeadSourceId?)s.Id).FirstOrDefaultAsync(ct) : null;
        var chosen = sent.Manager is { } manager && form.Managers.Contains(manager) ? sent.Manager : null;
        var order = new LeadOrder(appeal, contact, LeadChannel.WebForm, form.Stream, source ?? form.Source, form.Group, form.Branch, Chosen: chosen)
        {
            Through = (form.Id, LeadSpam.Of(contact, appeal, sent.Trap, now - stamp.At, lately)),
        };
        var answer = await log.OnceAsync(new(stamp.Nonce, $"web form {key}"), Web, actor => intake.TakeAsync(order, actor, ct), refusal => refusal.Code, ct);
        return answer.Done ? true : throw new RuleBrokenException(answer.Code!);
    }

    private static (LeadContact Contact, LeadAppeal Appeal) Checked(LeadForm form, WebAppeal sent)
    {
        var asked = sent.Contact;
        // what the form does not ask did not come from it
        var contact = new LeadContact(Of(LeadFields.Name, asked.Name), Of(LeadFields.Company, asked.Company), Of(LeadFields.Phone, asked.Phone), Of(LeadFields.Mail, asked.Mail), Of(LeadFields.Territory, asked.Territory));
        var text = Of(LeadFields.Text, sent.Text);
        foreach (var (field, value, word) in new[]
        {
            (LeadFields.Name, contact.Name, "lead.name"), (LeadFields.Company, contact.Company, "lead.company"), (LeadFields.Phone, contact.Phone, "lead.phone"),
            (LeadFields.Mail, contact.Mail, "lead.mail"), (LeadFields.Territory, contact.Territory, "lead.territory"), (LeadFields.Text, text, "lead.text"),
        })
            if (form.Needed.HasFlag(field) && string.IsNullOrWhiteSpace(value)) throw new RuleBrokenException("text.required", word);
        contact = contact.Checked();
        // who cannot be reached cannot be answered
        if (contact is { Phone: null, Mail: null }) throw new RuleBrokenException("leads.reach-required");
        return (contact, new LeadAppeal(string.IsNullOrWhiteSpace(text) ? form.Name : null, text).Checked());

        string? Of(LeadFields field, string? value) => form.Asked.HasFlag(field) ? value : null;
    }

    private static Task<LeadForm?> FindAsync(PortalDb db, string key, CancellationToken ct) =>
        key.Length > 40 ? Task.FromResult<LeadForm?>(null) : db.Set<LeadForm>().AsNoTracking().FirstOrDefaultAsync(f => f.Key == key && !f.Archived, ct);

    private string Stamp(string key, DateTimeOffset at) =>
        protector.Protect($"{key}|{at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}|{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");

    private (DateTimeOffset At, string Nonce)? Read(string key, string? stamp)
    {
        if (stamp is not { Length: > 0 and <= 1000 }) return null;
        try
        {
            return protector.Unprotect(stamp).Split('|') is [var its, var at, var nonce] && its == key ? (DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(at, CultureInfo.InvariantCulture)), nonce) : null;
        }
        catch (CryptographicException)
        {
            // nobody of ours wrote it
            return null;
        }
    }

    private bool IsOld(DateTimeOffset at) => time.GetUtcNow() - at > Longest;
}
