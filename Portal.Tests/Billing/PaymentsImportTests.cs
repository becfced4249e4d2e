using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;

namespace Portal.Tests.Billing;

/// <summary>Payments from a bank's file: once, whatever the file is called, and of whom they are as far as anything tells.</summary>
public sealed class PaymentsImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    [Fact]
    public async Task Payments_AreBookedOnce_OfWhomTheyAre_AndWhatIsNoneIsRefused()
    {
        var (alder, birch) = (new Partner(PartnerId.New(), "Alder Co", PartnerKinds.Client), new Partner(PartnerId.New(), "Birch Co", PartnerKinds.Client));
        await using (var db = rig.Contexts.CreateFor(ImportRig.Importer))
        {
            db.AddRange(alder, birch, new Counterparty(CounterpartyId.New(), birch.Id, "Birch Trading Ltd", "RO 99-17"));
            await db.SaveChangesAsync();
        }
        const string File = """
            date,document,payer,tax number,amount,currency,purpose
            2026-02-03,1,ALDER CO,,100.50,,for goods
            2026-02-03,2,Somebody at a bank,ro9917,40,EUR,
            2026-02-03,3,Nobody Known,,25,USD,
            2026-02-03,4,Alder Co,,10,,
            2026-02-03,4,Alder Co,,10,,
            2026-02-03,5,Alder Co,,-7,,
            2026-02-03,6,Alder Co,,0.001,,
            2026-02-03,7,Alder Co,,1e30,,
            2026-02-03,8,Alder Co,,NaN,,
            2026-02-03,9,Alder Co,,5,E1R,
            2999-02-03,10,Alder Co,,5,,
            2026-02-03,11,,,5,,
            soon,12,Alder Co,,5,,
            """;

        var run = await rig.ImportAsync("payments", "february.csv", File);
        var again = await rig.ImportAsync("payments", "february.csv", File);
        // the next statement begins where the last one ended
        var later = await rig.ImportAsync("payments", "march.csv", File.Replace("soon,12,Alder Co,,5,,", "2026-03-01,12,Alder Co,,5,,", StringComparison.Ordinal));

        Assert.Equal((ImportState.Completed, 13, 8, 5), (run.State, run.Rows, run.Refused, run.Applied));
        Assert.Equal((0, 1), (again.Applied, later.Applied));
        await using var read = rig.Contexts.CreateFor(ImportRig.Importer);
        var payments = await read.Set<Payment>().OrderBy(p => p.Sequence).ToListAsync();
        Assert.Equal([(alder.Id, 100.5m, "EUR"), (birch.Id, 40m, "EUR"), (null, 25m, "USD"), (alder.Id, 10m, "EUR"), (alder.Id, 10m, "EUR"), ((PartnerId?)alder.Id, 5m, "EUR")], payments.Select(p => (p.Partner, p.Amount, p.Currency)));
        Assert.Equal(Enumerable.Range(1, 6), payments.Select(p => p.Sequence));
    }
}
