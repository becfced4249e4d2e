using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Sales.Intake;

/// <summary>Deals from files: what they name is found or created, and a rerun adds nothing.</summary>
public sealed class DealsImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string Header = "number;title;client;manager;product;pipeline;stage;opened;closed;amount;loss reason\n";

    [Fact]
    public async Task Import_CreatesWhatIsMissing_AndARerunAddsNothing()
    {
        const string file = Header + """
            D-1;Shelves;Willow Bakery;Tessa Quillon;;Northern;Talks;2025-01-10;;1 200,50;
            D-2;Ovens;willow bakery;tessa quillon;;Northern;won;2025-01-11;2025-02-01;300;
            D-3;Racks;;Tessa Quillon;;Northern;Lost;2025-01-12;2025-02-02;70;Too slow
            D-4;Doors;Poplar Mill;;;Northern;Idea;;;;
            """;

        var run = await rig.ImportAsync("deals", "north.csv", file);
        var again = await rig.ImportAsync("deals", "north.csv", file);

        Assert.Equal((4, 0, 4), (run.Rows, run.Refused, run.Applied));
        Assert.Equal((1, 1), (run.Notes["deal-without-client"], run.Notes["deal-opened-unknown"]));
        Assert.Equal((0, 4), (again.Applied, again.Skipped));
        Assert.Equal("Idea 1, Talks 2", await rig.ScalarAsync<string>("select string_agg(s.name || ' ' || s.position, ', ' order by s.position) from sales.stage s join sales.pipeline p on p.id = s.pipeline where p.name = 'Northern'"));
        Assert.Equal("Open 1200.50 Talks, Won 300.00 Talks, Lost 70.00 Talks, Open 0.00 Idea", await rig.ScalarAsync<string>(
            "select string_agg(d.state || ' ' || d.amount_base || ' ' || s.name, ', ' order by d.number) from sales.deal d join sales.stage s on s.id = d.stage join sales.pipeline p on p.id = d.pipeline where p.name = 'Northern'"));
        Assert.Equal(1, await rig.CountAsync("clients.partner where lower(name) = 'willow bakery'"));
        Assert.Equal(1, await rig.CountAsync("identity.portal_user where display_name = 'Tessa Quillon' and blocked and password_hash is null"));
        Assert.Equal(1, await rig.CountAsync("sales.loss_reason where name = 'Too slow'"));
        Assert.Equal(4, await rig.CountAsync("sales.deal_stage h join sales.deal d on d.id = h.deal join sales.pipeline p on p.id = d.pipeline where p.name = 'Northern'"));
        Assert.Equal(4, await rig.CountAsync("clients.timeline_entry where what in ('deal.opened', 'deal.won', 'deal.lost')"));
        Assert.Equal(4, await rig.CountAsync("core.search_entry where kind = 'Deal' and title in ('Shelves', 'Ovens', 'Racks', 'Doors')"));
    }

    [Fact]
    public async Task Import_RefusesRowsThatCannotBe()
    {
        var run = await rig.ImportAsync("deals", "odd.csv", Header + """
            O-1;A;;;;Southern;won;2025-03-01;;10;
            O-2;B;;;;Southern;won;2025-03-02;2025-03-01;10;
            O-3;C;;;;Southern;Talks;2025-03-01;;-5;
            O-4;D;;;;Southern;Talks;2025-03-01;;100000000000000000000000000000;
            O-5;E;;;;Southern;Talks;soon;;5;
            O-6;=F;;;;Southern;Talks;2025-03-01;;5;
            """);

        Assert.Equal((6, 5, 1), (run.Rows, run.Refused, run.Applied));
        Assert.Equal(1, await rig.CountAsync("sales.deal where title = '=F'"));
    }

    [Fact]
    public async Task Import_OfKnownOnly_RefusesWhatTheBaseLacks()
    {
        // a look of its own: what is decided about a file is remembered for those that look like it
        var run = await rig.ImportAsync("deals", "known.csv", "deal number;deal name;account;seller;stage;opened;amount\nK-1;A;Nobody Ltd;;need;2025-03-01;10\nK-2;B;;Nobody Known;need;2025-03-01;10\nK-3;C;;;Unheard;2025-03-01;10\nK-4;D;;;need;2025-03-01;10\n",
            settings => settings with { CreateMissing = false });

        Assert.Equal((3, 1), (run.Refused, run.Applied));
        Assert.Equal(0, await rig.CountAsync("clients.partner where name = 'Nobody Ltd'"));
    }

    [Fact]
    public async Task Import_OfProductsSpeltOtherwise_TakesTheOneAlike_UnlessSomebodySaysWhatIsMeant()
    {
        await rig.RunAsync("""
            insert into pricing.product (id, code, name, kind, unit, units, vat_rate, characteristics, archived)
            values ('00000000-0000-0000-0000-0000000000a1', 'FP', 'Fir Panel', 'Goods', 'pc', '[]', 0, '[]', false), ('00000000-0000-0000-0000-0000000000a2', 'OP', 'Oak Panel', 'Goods', 'pc', '[]', 0, '[]', false)
            """);
        var file = Header + "P-1;A;;;FirPanel;Panels;Talks;2025-03-01;;1;\nP-2;B;;;Oak Panel;Panels;Talks;2025-03-01;;1;\nP-3;C;;;Panel of old;Panels;Talks;2025-03-01;;1;\n";

        var run = await rig.CheckAsync("deals", "panels.csv", System.Text.Encoding.UTF8.GetBytes(file));
        Assert.Equal((1, 1), (run.Notes["product-alike"], run.Notes["product-unknown"]));
        var met = (await rig.Spellings.ReadAsync(run.Id, ImportRig.Importer, default)).Spellings;
        Assert.Equal(["FirPanel", "Panel of old"], met.Select(s => s.Spelling).Order());
        await rig.Spellings.MeanAsync("Panel of old", new("00000000-0000-0000-0000-0000000000a2"), ImportRig.Importer, default);
        await rig.Line.ApplyAsync(run.Id, ImportRig.Importer, default);
        await rig.Work.RunAsync(run.Id, default);

        Assert.Equal("Fir Panel, Oak Panel, Oak Panel", await rig.ScalarAsync<string>("select string_agg(p.name, ', ' order by d.number) from sales.deal d join pricing.product p on p.id = d.product join sales.pipeline l on l.id = d.pipeline where l.name = 'Panels'"));
    }

    [Fact]
    public async Task Import_OfOnePipelineSpeltTwoWays_FoundsItOnce()
    {
        var run = await rig.ImportAsync("deals", "spelt.csv", Header + "S-1;A;;;;Door sales;First talk;2025-03-01;;1;\nS-2;B;;;;door  SALES;first talk;2025-03-01;;1;\nS-3;C;;;;DOOR SALES;Second talk;;;1;\n");

        Assert.Equal((3, 0), (run.Applied, run.Refused));
        Assert.Equal("Door sales: First talk, Second talk", await rig.ScalarAsync<string>("""
            select p.name || ': ' || string_agg(s.name, ', ' order by s.name) from sales.pipeline p join sales.stage s on s.pipeline = p.id where p.name ilike 'door%' group by p.name
            """));
    }

    [Fact]
    public async Task Import_OfTeams_BringsPeopleTogetherUnderTheirHeads()
    {
        const string file = "sales agent,manager,regional office\nTeo Marram,Hedda Sorrel,Dunes\nTia Marram,Hedda Sorrel,Dunes\n";

        var run = await rig.ImportAsync("teams", "teams.csv", file);
        var again = await rig.ImportAsync("teams", "teams.csv", file);

        Assert.Equal((2, 0, 0), (run.Applied, run.Refused, again.Applied));
        Assert.Equal("Hedda Sorrel: Teo Marram, Tia Marram", await rig.ScalarAsync<string>("""
            select h.display_name || ': ' || string_agg(u.display_name, ', ' order by u.display_name) from identity.team t join identity.portal_user h on h.id = t.head
            join identity.team_member m on m.team = t.id join identity.portal_user u on u.id = m."user" where t.name = 'Hedda Sorrel' group by h.display_name
            """));
        Assert.Equal(3, await rig.CountAsync("identity.portal_user u join identity.branch b on b.id = u.branch where b.name = 'Dunes' and u.blocked"));
    }

    [SharedDataFact("crm/maven_sales_pipeline.csv")]
    public async Task Import_OfEightThousandOpportunities_CountsAsTheFileDoes()
    {
        var content = await File.ReadAllBytesAsync(SharedData.File("crm/maven_sales_pipeline.csv"));

        var run = await rig.ImportAsync("deals", "maven_sales_pipeline.csv", content);
        var again = await rig.ImportAsync("deals", "maven_sales_pipeline.csv", content);

        Assert.Equal((8_800, 0, 8_800), (run.Rows, run.Refused, run.Applied));
        Assert.Equal((0, 8_800), (again.Applied, again.Skipped));
        Assert.Equal(1_425, run.Notes["deal-without-client"]);
        var report = await rig.Funnel.ReadAsync(new((await rig.PipelinesAsync()).Single(p => p.OwnName == "maven_sales_pipeline").Id), ImportRig.Importer, default);
        Assert.Equal(["Prospecting", "Engaging"], report.Stages.Stages.Select(s => s.Name.Default));
        Assert.Equal([500, 1_589], report.Slice.Select(s => s.Count));
        Assert.Equal((4_238, 2_473, 10_005_534m), (report.Won.Count, report.Lost.Count, report.Won.Amount));
        Assert.Equal("63.15", (100 * report.WinRate!.Value).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
    }
}
