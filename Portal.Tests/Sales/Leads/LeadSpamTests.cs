using Portal.Domain.Sales.Leads;

namespace Portal.Tests.Sales.Leads;

/// <summary>What of an appeal tells that a program sent it.</summary>
public sealed class LeadSpamTests
{
    [Theory]
    [InlineData("", 60, 0, "Forty shelves, as on https://example.com/a and https://example.com/b", null)]
    [InlineData("", 60, 0, "https://www.a.example www.b.example http://c.example", LeadSuspicion.Links)]
    [InlineData("", 60, 0, "[url=x]a[/url] <a href=y>b</a> <A HREF=z>c</a>", LeadSuspicion.Links)]
    [InlineData("https://me.example", 60, 0, "Hello", LeadSuspicion.Trap)]
    [InlineData("", 2, 0, "Hello", LeadSuspicion.TooFast)]
    [InlineData("", 3, 29, "Hello", null)]
    [InlineData("", 3, 30, "Hello", LeadSuspicion.Flood)]
    public void Appeal_IsDoubted_ForWhatProgramsDo(string trap, int seconds, int lately, string text, LeadSuspicion? doubted) =>
        Assert.Equal(doubted, LeadSpam.Of(new("Ada Lark", null, "+40 722 111 222"), new LeadAppeal(null, text).Checked(), trap, TimeSpan.FromSeconds(seconds), lately));

    [Fact]
    public void Link_InAName_IsDoubted() =>
        Assert.Equal(LeadSuspicion.Links, LeadSpam.Of(new("Buy at www.cheap.example", null, "+40 722 111 222"), new("Hello"), null, TimeSpan.FromMinutes(1), 0));
}
