using Microsoft.Extensions.Configuration;
using Portal.Infrastructure.Mail;

namespace Portal.Tests.Mail;

public sealed class PublicAddressTests
{
    private static PublicAddress Read(string? setting) =>
        PublicAddress.Read(new ConfigurationBuilder().AddInMemoryCollection([new(PublicAddress.Setting, setting)]).Build());

    [Theory]
    [InlineData("https://portal.example.com", "https://portal.example.com/work?task=7")]
    [InlineData(" https://portal.example.com/ ", "https://portal.example.com/work?task=7")]
    [InlineData("http://10.0.0.7:8080/company/portal", "http://10.0.0.7:8080/company/portal/work?task=7")]
    public void Of_APage_KeepsHostPortAndPath(string setting, string link) => Assert.Equal(link, Read(setting).Of("work?task=7"));

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    public void Of_WithoutTheSetting_IsNoLink(string? setting) => Assert.Null(Read(setting).Of("work"));

    [Theory]
    [InlineData("portal.example.com")]
    [InlineData("/portal")]
    [InlineData("ftp://portal.example.com")]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc")]
    [InlineData("https://keeper@portal.example.com")]
    [InlineData("https://portal.example.com/?a=1")]
    [InlineData("https://portal.example.com/#top")]
    public void Read_WhatIsNoAddressOfPages_IsRefusedByTheSettingsName(string setting)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => Read(setting));

        Assert.Contains(PublicAddress.Setting, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(setting, refusal.Message, StringComparison.Ordinal);
    }
}
