using System.Net;
using System.Net.Mail;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Mail;

/// <summary>Where mail goes: to an SMTP server, or without one into a folder as <c>.eml</c> files.</summary>
public sealed record MailOptions(string Folder, string From = "portal@localhost", string? Host = null, int Port = 25, string? User = null, string? Password = null, bool Tls = false)
{
    /// <summary>Reads <c>Mail:Host</c>, <c>Port</c>, <c>User</c>, <c>Password</c>, <c>From</c>, <c>Tls</c>.</summary>
    public static MailOptions Read(IConfiguration configuration, string folder)
    {
        var mail = configuration.GetSection("Mail");
        return new(folder, mail["From"] ?? "portal@localhost", mail["Host"], mail.GetValue("Port", 25), mail["User"], mail["Password"], mail.GetValue("Tls", false));
    }
}

/// <summary>A letter to one person.</summary>
public sealed record Letter(string To, string Subject, string Text)
{
    /// <summary>What goes along.</summary>
    public IReadOnlyList<LetterFile> Files { get; init; } = [];

    /// <summary>Where an answer goes; null for the sender's address.</summary>
    public string? AnswersTo { get; init; }
}

/// <summary>A file of a letter.</summary>
public sealed record LetterFile(string Name, string ContentType, byte[] Content);

/// <summary>Sends letters for the handlers of the outbox: at least once, with a stable Message-ID.</summary>
public sealed class MailDelivery(MailOptions options)
{
    /// <summary>Sends one letter.</summary>
    /// <param name="key">becomes its Message-ID, so a letter sent twice after a crash is known as one</param>
    /// <exception cref="SmtpException">the server does not take it</exception>
    public async Task SendAsync(Letter letter, string key, CancellationToken ct)
    {
        using var message = new MailMessage(options.From, letter.To, letter.Subject, letter.Text) { SubjectEncoding = Encoding.UTF8, BodyEncoding = Encoding.UTF8 };
        message.Headers.Add("Message-ID", $"<{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(key))}@{message.From!.Host}>");
        if (MailAddress.TryCreate(letter.AnswersTo, out var answers)) message.ReplyToList.Add(answers);
        foreach (var file in letter.Files) message.Attachments.Add(new(new MemoryStream(file.Content, writable: false), file.Name, file.ContentType));
        using var client = Client();
        await client.SendMailAsync(message, ct);
    }

    private SmtpClient Client()
    {
        if (options.Host is { } host)
            return new SmtpClient(host, options.Port) { EnableSsl = options.Tls, Credentials = options.User is null ? null : new NetworkCredential(options.User, options.Password) };
        Directory.CreateDirectory(options.Folder);
        return new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = options.Folder };
    }
}

/// <summary>Registers mail.</summary>
public static class MailRegistration
{
    /// <summary>Adds the delivery of letters.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, MailOptions options, PublicAddress address)
    {
        services.AddSingleton(options);
        services.AddSingleton(address);
        services.AddSingleton<MailDelivery>();
        return services;
    }
}
