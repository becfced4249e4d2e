using Portal.Tests.Support;

namespace Portal.Tests.Browser;

/// <summary>The window notices what it is trusted to notice.</summary>
public sealed class BrowserWindowTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Theory]
    [InlineData("console.error('planted trouble')", "planted trouble")]
    [InlineData("setTimeout(() => { throw new Error('planted failure') })", "planted failure")]
    [InlineData("document.body.appendChild(Object.assign(document.createElement('script'), { textContent: 'window.breached = true' }))", "Content Security Policy")]
    public async Task Window_WhenSomethingGoesWrong_IsNotClean(string script, string trouble)
    {
        await using var window = await Chromium.OpenAsync(app.Address);
        await window.GoToAsync("/signin");
        window.AssertClean();

        await window.Page.EvaluateAsync($"() => {{ {script} }}");

        await Wait.UntilAsync(() => Record.Exception(window.AssertClean) is { } found && found.Message.Contains(trouble), trouble);
        Assert.False(await window.Page.EvaluateAsync<bool>("() => window.breached === true"));
    }
}
