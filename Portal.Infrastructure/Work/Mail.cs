using System.Net;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;

namespace Portal.Infrastructure.Work;

/// <summary>A letter to one person.</summary>
/// <param name="Key">the same on every try: the receiver's server knows a repeat by the Message-ID made of it</param>
public sealed record Letter(string Key, string To, string ToName, string Subject, string Text);

/// <summary>Where letters go. Section <c>Mail</c> of the settings.</summary>
public sealed record MailOptions
{
    /// <summary>SMTP server; without one, letters are laid into the data folder.</summary>
    public string? Host { get; init; }
    public int Port { get; init; } = 587;
    public bool Tls { get; init; } = true;
    public string? User { get; init; }
    public string? Password { get; init; }
    /// <summary>Sender.</summary>
    public string From { get; init; } = "portal@localhost";
    /// <summary>Address under which people reach Portal, for the links in letters.</summary>
    public string? PublicAddress { get; init; }
    /// <summary>Where letters are laid without a server.</summary>
    public string Folder { get; init; } = "";

    internal string MessageId(string key) => $"<{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16))}@{new MailAddress(From).Host}>";
}

/// <summary>The way out for letters.</summary>
public interface IMailer
{
    /// <summary>Sends; a failure is an exception, and the same letter may then be sent again.</summary>
    Task SendAsync(Letter letter, CancellationToken ct);
}

/// <summary>Sends by SMTP.</summary>
internal sealed class SmtpMailer(MailOptions options) : IMailer
{
    public async Task SendAsync(Letter letter, CancellationToken ct)
    {
        using var message = new MailMessage(new MailAddress(options.From, "Portal"), new MailAddress(letter.To, letter.ToName))
        {
            Subject = letter.Subject.ReplaceLineEndings(" "), Body = letter.Text, SubjectEncoding = Encoding.UTF8, BodyEncoding = Encoding.UTF8, HeadersEncoding = Encoding.UTF8,
        };
        message.Headers.Add("Message-ID", options.MessageId(letter.Key));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        using var client = new SmtpClient(options.Host!, options.Port) { EnableSsl = options.Tls, Credentials = options.User is null ? null : new NetworkCredential(options.User, options.Password) };
        await client.SendMailAsync(message, ct);
    }
}

/// <summary>A letter that was laid into the folder.</summary>
public sealed record LaidLetter(DateTimeOffset At, string Text);

/// <summary>Lays letters into a folder, where an administrator reads them; a repeat takes the place of the letter it repeats.</summary>
public sealed class FolderMailer(MailOptions options, TimeProvider time) : IMailer
{
    /// <inheritdoc/>
    public async Task SendAsync(Letter letter, CancellationToken ct)
    {
        Directory.CreateDirectory(options.Folder);
        var id = options.MessageId(letter.Key);
        var path = Path.Combine(options.Folder, id.Trim('<', '>').Split('@')[0] + ".txt");
        await File.WriteAllTextAsync(path, $"To: {letter.ToName} <{letter.To}>\nDate: {time.GetUtcNow():R}\nMessage-ID: {id}\nSubject: {letter.Subject}\n\n{letter.Text}", ct);
    }

    /// <summary>The newest letters.</summary>
    public async Task<IReadOnlyList<LaidLetter>> NewestAsync(int most, CancellationToken ct)
    {
        if (!Directory.Exists(options.Folder)) return [];
        var letters = new List<LaidLetter>();
        foreach (var file in new DirectoryInfo(options.Folder).EnumerateFiles("*.txt").OrderByDescending(f => f.LastWriteTimeUtc).Take(most))
            letters.Add(new(file.LastWriteTimeUtc, await File.ReadAllTextAsync(file.FullName, ct)));
        return letters;
    }
}
