using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Sales.Leads;

/// <summary>The form of the web, as people fill it and as programs attack it.</summary>
public sealed partial class WebFormTests(WebFormTests.FormApp app) : IClassFixture<WebFormTests.FormApp>
{
    /// <summary>An application whose clock stands still until a test moves it, with one form.</summary>
    public sealed class FormApp : PortalApp
    {
        private readonly StillClock clock = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

        protected override TimeProvider Clock => clock;

        public string Key { get; private set; } = "";
        public LeadFormId Form { get; private set; }
        public Actor Seller { get; private set; } = null!;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await AddUserAsync("seller", "sales");
            await using var db = Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext();
            Seller = (await Services.GetRequiredService<UserRights>().FindAsync(await db.Set<PortalUser>().Where(u => u.UserName == "seller").Select(u => u.Id).SingleAsync(), default))!;
            (Form, Key) = await AddAsync();
        }

        public async Task<(LeadFormId Id, string Key)> AddAsync()
        {
            var choices = await Services.GetRequiredService<LeadChoicesQuery>().ReadAsync(Actor.System("test"), default);
            return await Services.GetRequiredService<LeadForms>().AddAsync(new("Shop", new(choices.Streams.Single(s => s.Key == "site").Id), new(choices.Sources.Single(s => s.Key == "web").Id), LeadForm.Usual | LeadFields.Territory)
            {
                Words = new Dictionary<string, LeadFormWords> { ["en"] = new("Ask us <now>", "We answer today."), ["ro"] = new("Întrebați-ne", null, "Mulțumim mult!") },
                Origins = ["https://shop.example"], Managers = [Seller.UserId],
            }, Actor.System("test"), default);
        }

        public void Pass(TimeSpan time) => clock.Advance(time);

        public async Task<IReadOnlyList<LeadRow>> LeadsAsync(string text, bool doubted = false) =>
            (await Services.GetRequiredService<LeadListQuery>().ListAsync(new(text, Doubted: doubted), LeadSort.Created, false, Slice.All, Actor.System("test"), default)).Rows;

        public async Task<int> CountAsync()
        {
            await using var db = Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext();
            return await db.Set<Lead>().CountAsync();
        }
    }

    private static int visitors;

    // each test comes from an address of its own: the limits are by address
    private WebSession Visit() => new(app.Address, IPAddress.Parse($"127.0.{77 + Interlocked.Increment(ref visitors) / 250}.{1 + visitors % 250}"));

    private static async Task<string> StampAsync(WebSession visitor, string key) => WebUtility.HtmlDecode(Stamp().Match(await visitor.Http.GetStringAsync($"/f/{key}?lang=en")).Groups[1].Value);

    private async Task<(HttpStatusCode Status, string Page, Uri? Location)> SendAsync(WebSession visitor, Dictionary<string, string> fields, string? stamp = null, TimeSpan? after = null, string? key = null, string? origin = null)
    {
        stamp ??= await StampAsync(visitor, key ?? app.Key);
        app.Pass(after ?? TimeSpan.FromSeconds(20));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/f/{key ?? app.Key}") { Content = new FormUrlEncodedContent(new Dictionary<string, string>(fields) { ["stamp"] = stamp, ["lang"] = "en" }) };
        if (origin is not null) request.Headers.Add("Origin", origin);
        using var answer = await visitor.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Location);
    }

    private static Dictionary<string, string> Filled(string word, string phone = "+40 722 111 222") => new() { ["name"] = "Ada Lark", ["phone"] = phone, ["text"] = $"{word} what do forty shelves cost?" };

    private static string Word() => $"w{Guid.NewGuid():N}"[..12];

    [Fact]
    public async Task Form_IsReadWithoutScriptOrCookie_InTheLanguageAskedFor_AndWhatItSendsIsALead()
    {
        using var visitor = Visit();
        var page = await visitor.Http.GetStringAsync($"/f/{app.Key}?lang=ro");
        Assert.Contains("<html lang=\"ro\">", page);
        Assert.DoesNotContain("<script", page);
        Assert.Contains("Ask us &lt;now&gt;", await visitor.Http.GetStringAsync($"/f/{app.Key}?lang=en"));
        var word = Word();

        var sent = await SendAsync(visitor, new(Filled(word, "+40 722 800 001")) { ["manager"] = app.Seller.UserId.ToString(), ["territory"] = "Cluj", ["source"] = "exhibition", ["company"] = "Not asked" });

        Assert.Equal((HttpStatusCode.Found, $"/f/{app.Key}?sent=1&lang=en"), (sent.Status, sent.Location!.ToString()));
        Assert.Contains("We will get in touch", await visitor.Http.GetStringAsync(sent.Location));
        Assert.Contains("Mulțumim mult!", WebUtility.HtmlDecode(await visitor.Http.GetStringAsync($"/f/{app.Key}?sent=1&lang=ro")));
        var lead = Assert.Single(await app.LeadsAsync(word));
        Assert.Equal(("Ada Lark", (string?)null, "Cluj", LeadChannel.WebForm, app.Seller.UserId, LeadRoute.Choice, true), (lead.Name, lead.Company, lead.Territory, lead.Channel, lead.ManagerId!.Value, lead.Route, lead.AskedPrice));
        Assert.Equal("exhibition", (await app.Services.GetRequiredService<PipelineQuery>().SourcesAsync(default)).Single(s => s.Id == lead.Source!.Value.Value).Key);
        Assert.Equal(0, visitor.Cookies.Count);
    }

    [Fact]
    public async Task Form_SentTwice_IsOneLead_AlsoByADoubleClick()
    {
        using var visitor = Visit();
        var (word, stamp) = (Word(), await StampAsync(visitor, app.Key));

        var first = await SendAsync(visitor, Filled(word, "+40 722 800 101"), stamp);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(visitor, Filled(word, "+40 722 800 101"), stamp, TimeSpan.Zero)));
        // somebody who kept the stamp and changes what he sends
        var replay = await SendAsync(visitor, Filled(Word() + word, "+40 722 800 102"), stamp, TimeSpan.FromMinutes(1));

        Assert.All([first, .. answers, replay], sent => Assert.Equal(HttpStatusCode.Found, sent.Status));
        Assert.Equal(1, Assert.Single(await app.LeadsAsync(word)).Appeals);
    }

    [Fact]
    public async Task Stamp_ThatIsOld_OfAnotherForm_OrInvented_IsRefused_AndNothingTypedIsLost()
    {
        using var visitor = Visit();
        var word = Word();
        var (old, other) = (await StampAsync(visitor, app.Key), await app.AddAsync());

        foreach (var (stamp, after) in new[] { (old, TimeSpan.FromHours(25)), (await StampAsync(visitor, other.Key), TimeSpan.FromSeconds(20)), ("invented", TimeSpan.Zero), (new string('x', 2_000), TimeSpan.Zero), ("", TimeSpan.Zero) })
        {
            var refused = await SendAsync(visitor, Filled(word, "+40 722 800 201"), stamp, after);
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains("open for too long", refused.Page);
            Assert.Contains(word, refused.Page);
        }
        Assert.Empty(await app.LeadsAsync(word));

        // the page that told it can be sent again at once
        var again = await SendAsync(visitor, Filled(word, "+40 722 800 201"), WebUtility.HtmlDecode(Stamp().Match((await SendAsync(visitor, Filled(word, "+40 722 800 201"), "invented", TimeSpan.Zero)).Page).Groups[1].Value), TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.Found, again.Status);
        Assert.Null(Assert.Single(await app.LeadsAsync(word)).Suspicion);
    }

    [Fact]
    public async Task Program_ThatFillsEverything_SendsAtOnce_OrSellsLinks_IsKeptApart_AndFoundGenuineByAPerson()
    {
        using var visitor = Visit();
        var word = Word();
        await SendAsync(visitor, new(Filled(word, "+40 722 800 301")) { ["website"] = "https://spam.example" });
        await SendAsync(visitor, Filled(word, "+40 722 800 302"), after: TimeSpan.FromSeconds(1));
        await SendAsync(visitor, new(Filled(word, "+40 722 800 303")) { ["text"] = $"{word} http://a.example http://b.example http://c.example" });

        Assert.Empty(await app.LeadsAsync(word));
        var doubted = await app.LeadsAsync(word, doubted: true);
        Assert.Equal([LeadSuspicion.Trap, LeadSuspicion.TooFast, LeadSuspicion.Links], doubted.Select(l => l.Suspicion!.Value));
        Assert.All(doubted, l => Assert.Null(l.ManagerId));
        Assert.Equal(0, (await app.Services.GetRequiredService<LeadListQuery>().ListAsync(new(word, Doubted: true), LeadSort.Created, false, Slice.All, app.Seller, default)).Total);

        await app.Services.GetRequiredService<LeadDesk>().TrustAsync(doubted[1].Id, doubted[1].Version, Actor.System("test"), default);

        Assert.Equal((doubted[1].Id, app.Seller.UserId), (Assert.Single(await app.LeadsAsync(word)).Id, (await app.LeadsAsync(word))[0].ManagerId!.Value));
    }

    [Fact]
    public async Task Stranger_WhoKnowsAPhone_PutsNothingOfHisOwnIntoItsLead()
    {
        var (word, cards, head) = (Word(), app.Services.GetRequiredService<LeadCardQuery>(), Actor.System("test"));
        var known = await app.Services.GetRequiredService<LeadIntake>().TakeAsync(new(new($"{word} called us"), new(Phone: "+40 722 800 401"), LeadChannel.Call), head, default);
        using var stranger = Visit();
        var his = new Dictionary<string, string>(Filled(word, "0722 800 401")) { ["name"] = "Mallory", ["mail"] = "mallory@evil.example", ["territory"] = "Elsewhere" };

        await SendAsync(stranger, his);
        await app.Services.GetRequiredService<LeadIntake>().TakeAsync(new(new(word), new("Mallory", "Evil Ltd", "+40722800401", "mallory@evil.example"), LeadChannel.Api), head, default);

        var card = (await cards.FindAsync(known.Lead, head, default))!;
        Assert.Equal((null, null, "+40 722 800 401", null, null, 3), (card.Lead.Name, card.Lead.Company, card.Lead.Phone, card.Lead.Mail, card.Lead.Territory, card.Lead.Appeals));
        Assert.Equal(["Mallory · mallory@evil.example · Elsewhere", "Mallory · Evil Ltd · mallory@evil.example"], card.Events.Where(e => e.Kind == LeadEventKind.AskedAgain).OrderBy(e => e.At).ThenBy(e => e.Id).Select(e => e.Contact));
        // what the deal and its contact would begin with is the client's
        Assert.Null((await app.Services.GetRequiredService<LeadConversion>().ProposeAsync(known.Lead, "contact", head, default)).New.Head.Email);
        // by his own address he comes to no lead of the client
        await SendAsync(stranger, new() { ["name"] = "Mallory", ["mail"] = "mallory@evil.example", ["text"] = $"{word} it is me again" });
        Assert.Equal(2, (await app.LeadsAsync(word)).Count);
        // who of ours hears it on the phone fills what was blank
        await app.Services.GetRequiredService<LeadIntake>().TakeAsync(new(new(word), new("Ada Lark", Phone: "+40722800401", Mail: "ada@lark.example"), LeadChannel.Call), head, default);
        var lead = (await cards.FindAsync(known.Lead, head, default))!.Lead;
        Assert.Equal(("Ada Lark", "ada@lark.example"), (lead.Name, lead.Mail));
    }

    [Fact]
    public async Task Flood_FromOneAddress_IsStopped_AndOthersGoOn()
    {
        using var flooder = Visit();
        var (word, before) = (Word(), await app.CountAsync());
        var stamp = await StampAsync(flooder, app.Key);

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 40; i++) answers.Add((await SendAsync(flooder, Filled($"{word}{i}", $"+40 722 81{i:0000}"), stamp, TimeSpan.Zero)).Status);

        Assert.True(answers.Count(a => a == HttpStatusCode.TooManyRequests) >= 25, $"{answers.Count(a => a == HttpStatusCode.TooManyRequests)} were stopped");
        Assert.InRange(await app.CountAsync() - before, 0, 1);
        // who is stopped keeps what he has written
        var stopped = await SendAsync(flooder, Filled(word, "+40 722 810 777"), stamp, TimeSpan.Zero);
        Assert.Contains("40 722 810 777", stopped.Page, StringComparison.Ordinal);
        Assert.Contains("Please try again in a minute", stopped.Page, StringComparison.Ordinal);
        using var other = Visit();
        Assert.Equal(HttpStatusCode.Found, (await SendAsync(other, Filled(word, "+40 722 819 999"))).Status);
    }

    [Fact]
    public async Task Flood_FromManyAddresses_IsKeptApart_AndThenRefused_AndOtherFormsGoOn()
    {
        var (leads, other) = (app.Services.GetRequiredService<WebLeads>(), await app.AddAsync());
        var word = Word();
        app.Pass(TimeSpan.FromMinutes(5));
        var stamps = Enumerable.Range(0, WebLeads.MostAMinute + 1).Select(_ => leads.Stamp(other.Key)).ToList();
        app.Pass(TimeSpan.FromSeconds(10));

        for (var i = 0; i < WebLeads.MostAMinute; i++) Assert.True(await leads.SendAsync(other.Key, new(new("Eve", Phone: $"+40 722 82 {i:0000}"), $"{word} {i}", Stamp: stamps[i]), default));
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => leads.SendAsync(other.Key, new(new("Eve", Phone: "+40 722 82 9999"), word, Stamp: stamps[^1]), default));

        Assert.Equal("leads.form-busy", refusal.Code);
        Assert.Equal(LeadSpam.MostAMinute, (await app.LeadsAsync(word)).Count);
        Assert.All(await app.LeadsAsync(word, doubted: true), l => Assert.Equal(LeadSuspicion.Flood, l.Suspicion));
        using var visitor = Visit();
        Assert.Equal(HttpStatusCode.Found, (await SendAsync(visitor, Filled(Word(), "+40 722 829 998"))).Status);
    }

    [Fact]
    public async Task Oversize_IsRefused_AndNothingIsKept()
    {
        using var visitor = Visit();
        var word = Word();

        var longText = await SendAsync(visitor, new(Filled(word, "+40 722 830 001")) { ["text"] = word + new string('x', LeadAppeal.MostText) });
        var longBody = await SendAsync(visitor, new(Filled(word, "+40 722 830 001")) { ["more"] = new string('x', 100_000) });
        var nul = await SendAsync(visitor, new(Filled(word, "+40 722 830 001")) { ["name"] = "A\0B" });

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (longText.Status, nul.Status));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, longBody.Status);
        Assert.Empty(await app.LeadsAsync(word));
    }

    [Fact]
    public async Task Markup_IsShownAsItWasTyped()
    {
        using var visitor = Visit();

        var refused = await SendAsync(visitor, new(Filled(Word(), "no phone")) { ["name"] = "\"><script>alert(1)</script>", ["text"] = "</textarea><script>alert(2)</script>" });

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.DoesNotContain("<script", refused.Page);
    }

    [Fact]
    public async Task OtherSites_MayShowIt_WhereTheFormNamesThem_AndNeverSendIt()
    {
        using var visitor = Visit();
        using var page = await visitor.Http.GetAsync($"/f/{app.Key}");
        var policy = string.Join(';', page.Headers.GetValues("Content-Security-Policy"));

        Assert.Contains("frame-ancestors 'self' https://shop.example", policy);
        Assert.Contains("default-src 'none'", policy);
        Assert.False(page.Headers.Contains("X-Frame-Options"));
        using var signIn = await visitor.Http.GetAsync("/signin");
        Assert.Contains("frame-ancestors 'none'", string.Join(';', signIn.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("DENY", Assert.Single(signIn.Headers.GetValues("X-Frame-Options")));
        var word = Word();
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(visitor, Filled(word, "+40 722 840 001"), origin: "https://shop.example")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(visitor, Filled(word, "+40 722 840 001"), origin: "null")).Status);
        Assert.Empty(await app.LeadsAsync(word));
        Assert.Equal(HttpStatusCode.Found, (await SendAsync(visitor, Filled(word, "+40 722 840 001"), origin: app.Address.GetLeftPart(UriPartial.Authority))).Status);
    }

    [Fact]
    public async Task Form_ThatIsClosedOrUnknown_LeadsNowhere()
    {
        using var visitor = Visit();
        var (id, key) = await app.AddAsync();
        var stamp = await StampAsync(visitor, key);
        var row = (await app.Services.GetRequiredService<LeadChoicesQuery>().SetupAsync(Actor.System("test"), default)).Forms.Single(f => f.Id == id);
        await app.Services.GetRequiredService<LeadForms>().ChangeAsync(id, row.Details, true, row.Version, Actor.System("test"), default);

        Assert.Equal(HttpStatusCode.NotFound, (await visitor.Http.GetAsync($"/f/{key}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(visitor, Filled(Word()), stamp, key: key)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.Http.GetAsync($"/f/{new string('a', 300)}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.Http.GetAsync("/f/'; drop table sales.lead; --")).StatusCode);
    }

    [GeneratedRegex("name=\"stamp\" value=\"([^\"]*)\"")]
    private static partial Regex Stamp();
}
