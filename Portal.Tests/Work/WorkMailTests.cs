using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Tests.Work;

/// <summary>Letters about work.</summary>
public sealed class WorkMailTests(InboxApp app) : IClassFixture<InboxApp>
{
    [Fact]
    public async Task NewWork_IsWrittenOnceToWhoWantsIt()
    {
        var (wants, not) = (await app.ActorAsync("sales"), await app.ActorAsync("second-sales"));
        await using (var db = app.Open())
            await db.Set<PortalUser>().Where(u => u.Id == wants.UserId || u.Id == not.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Email, x => x.UserName + "@example.org"));
        await app.Services.GetRequiredService<MailPreferences>().SetAsync(false, true, not);
        var notices = app.Services.GetRequiredService<WorkNotices>();
        var task = await app.TaskAsync(await app.SaleAsync());

        await notices.OrderAsync(default);
        await notices.OrderAsync(default);
        var key = $"mail:NewWork:{task.Id.Value}:";
        await Wait.UntilAsync(async () =>
        {
            await using var db = app.Open();
            return await db.Set<OutboxRow>().AnyAsync(r => r.Key == key + wants.UserId && r.DoneAt != null);
        }, "the letter to be sent");

        await using var check = app.Open();
        Assert.Equal([key + wants.UserId], await check.Set<OutboxRow>().Where(r => r.Key.StartsWith(key)).Select(r => r.Key).ToListAsync());
        var letters = await app.Services.GetRequiredService<FolderMailer>().NewestAsync(50, default);
        Assert.Contains(letters, l => l.Text.Contains("Subject: New work: Find out the need") && l.Text.Contains("To: sales <sales@example.org>"));
    }

    [Fact]
    public async Task Smtp_SendsTheSameMessageIdOnEveryTry()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var options = new MailOptions { Host = "127.0.0.1", Port = ((IPEndPoint)server.LocalEndpoint).Port, Tls = false, From = "portal@example.org" };
        using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddMail(options).BuildServiceProvider();
        var mailer = services.GetRequiredService<IMailer>();
        var ids = new List<string>();

        for (var i = 0; i < 2; i++)
        {
            var taking = TakeAsync(server);
            await mailer.SendAsync(new("mail:1", "ada@example.org", "Ada", "Нове завдання", "Text"), default);
            ids.Add((await taking).Single(line => line.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase)));
        }

        Assert.Equal(ids[0], ids[1]);
        Assert.EndsWith("@example.org>", ids[0]);
    }

    /// <summary>Takes one letter as a mail server does; its lines.</summary>
    private static async Task<List<string>> TakeAsync(TcpListener server)
    {
        using var connection = await server.AcceptTcpClientAsync();
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        var lines = new List<string>();
        var inData = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (inData)
            {
                if (line != ".")
                {
                    lines.Add(line);
                    continue;
                }
                inData = false;
                await writer.WriteLineAsync("250 taken");
                return lines;
            }
            inData = line == "DATA";
            await writer.WriteLineAsync(inData ? "354 go on" : line.StartsWith("QUIT", StringComparison.Ordinal) ? "221 bye" : "250 ok");
        }
        return lines;
    }
}
