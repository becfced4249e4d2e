using Portal.Tests.Imports;

namespace Portal.Tests.Sales.Leads;

/// <summary>Leads from files come in like any others, and a rerun adds nothing.</summary>
public sealed class LeadsImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string Header = "number;name;company;phone;email;city;subject;message;source\n";

    [Fact]
    public async Task Import_TakesLeadsIn_JoinsThoseOfOnePhone_AndARerunAddsNothing()
    {
        const string file = Header + """
            E-1;Ada Lark;Lantern;+40 722 910 001;;Cluj;Shelves;;Fair in May
            E-2;Ada Lark;;0722 910 001;;;And lamps;How much?;Fair in May
            E-3;;Poplar Mill;;mill@poplar.example;;;;
            E-4;Ivo;;abc;;;Chairs;;
            E-5;Ivo;;;not-an-address;;Chairs;;
            E-6;;;;;Cluj;Chairs;;
            """;

        var run = await rig.ImportAsync("leads", "fair.csv", file);
        var again = await rig.ImportAsync("leads", "fair.csv", file);

        Assert.Equal((6, 3, 3), (run.Rows, run.Refused, run.Applied));
        Assert.Equal((0, 3), (again.Applied, again.Skipped));
        Assert.Equal("Shelves 2 fair in may, Poplar Mill 1 -", await rig.ScalarAsync<string>("select string_agg(l.subject || ' ' || l.appeals || ' ' || coalesce(s.key, '-'), ', ' order by l.number) from sales.lead l left join sales.lead_source s on s.id = l.source where l.subject <> '=C'"));
        Assert.Equal(2, await rig.CountAsync("sales.lead where channel = 'Import' and next_step_at is not null and subject in ('Shelves', 'Poplar Mill')"));
        Assert.Equal(2, await rig.CountAsync("core.search_entry where kind = 'Lead' and title in ('Shelves', 'Poplar Mill')"));
    }

    [Fact]
    public async Task Import_OfUnknownStreamOrSeller_IsRefused()
    {
        var run = await rig.ImportAsync("leads", "odd.csv", "full name;phone number;stream;manager;topic\nAda;+40 722 911 001;nowhere;;A\nAda;+40 722 911 002;;Nobody Known;B\nAda;+40 722 911 003;event;;=C\n");

        Assert.Equal((2, 1), (run.Refused, run.Applied));
        Assert.Equal(1, await rig.CountAsync("sales.lead l join sales.lead_stream s on s.id = l.stream where s.key = 'event' and l.subject = '=C'"));
    }
}
