using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Identity;
using Portal.Tests.Work;
using Portal.Web.Clients.Duplicates;

namespace Portal.Tests.Clients.Duplicates;

public sealed class DuplicateMailTests(MailOffice office) : IClassFixture<MailOffice>
{
    [Fact]
    public async Task Letter_ToWhoReachesAPart_KeepsTheFiguresOfTheWholeBase()
    {
        var (head, seller) = (await office.ReaderAsync("Whole Heather", "sales-head"), await office.ReaderAsync("Part Heather", "sales"));
        var run = new DuplicateRun(Guid.CreateVersion7(), Actor.System("test"), office.Clock.GetUtcNow());
        run.End(DuplicateRunState.Completed, 31, 42, 53, office.Clock.GetUtcNow());
        await using (var db = office.Open())
        {
            db.Add(run);
            await db.SaveChangesAsync();
            await db.Set<Role>().Where(r => r.Code == "sales").ExecuteUpdateAsync(r => r.SetProperty(x => x.Scope, ActorScope.Own));
            await db.Set<Role>().Where(r => r.Code == "sales-head").ExecuteUpdateAsync(r => r.SetProperty(x => x.Scope, ActorScope.All));
        }
        var mail = ActivatorUtilities.CreateInstance<DuplicateMail>(office.Services);
        foreach (var reader in new[] { head, seller })
            await mail.Handler.Handle(new(0, $"letter to {reader.UserId}", DuplicateNotice.MailKind, JsonSerializer.Serialize(new DuplicateNotice(run.Id, reader.UserId)), 1), default);

        var (whole, part) = (Assert.Single(office.Take(head)), Assert.Single(office.Take(seller)));
        Assert.All(new[] { "31", "42", "53" }, figure => Assert.Contains(figure, whole));
        Assert.StartsWith("Duplicates", part);
        Assert.Contains($"{MailOffice.Address}clients/duplicates", part);
        Assert.All(new[] { "31", "42", "53" }, figure => Assert.DoesNotContain(figure, part));
    }
}
