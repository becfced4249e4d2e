using System.Text.RegularExpressions;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>The second click of a double click reaches the server although the first one disables the button, so every form's job runs through <c>Once</c>.</summary>
public sealed partial class SubmitOnceTests
{
    [Fact]
    public void Forms_RunTheirJobsOnceAtATime() =>
        Check.None(Directory.EnumerateFiles(SourceTree.Path("Portal.Web"), "*.razor", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => Unguarded(File.ReadAllText(file)).Select(job => $"{Path.GetRelativePath(SourceTree.Root, file)}: {job}")));

    [Fact]
    public void Unguarded_FindsWhatMayRunTwice() =>
        Assert.Equal(["SaveAsync"], Unguarded("""
            <form @onsubmit="SaveAsync"></form><form @onsubmit="() => SendAsync(true)"></form><form method="post" @onsubmit="PostAsync"></form><form @onsubmit="AddAsync"></form>
              private async Task SaveAsync()
              {
                busy = true;
              }

              private Task SendAsync(bool at) => once.RunAsync(() => Sent);

              private Task AddAsync() => DoAsync(actor => Added);

              private Task DoAsync(Func<Actor, Task> job) => once.RunAsync(() => job(actor));
            """));

    private static IEnumerable<string> Unguarded(string razor) =>
        from Match form in Form().Matches(razor)
        where !form.Value.Contains("method=\"post\"", StringComparison.Ordinal)
        let job = Job().Match(form.Groups[1].Value).Value
        where job.Length > 0 && !IsGuarded(razor, job)
        select job;

    // the declaration says it, or hands its job to the one that does
    private static bool IsGuarded(string razor, string job) =>
        Regex.Match(razor, $@"Task {job}\([^\n]*?=> (once\.RunAsync|DoAsync)\(") is { Success: true } found
        && (found.Groups[1].Value != "DoAsync" || IsGuarded(razor, "DoAsync"));

    [GeneratedRegex("<form\\b[^>]*?@onsubmit=\"([^\"]*)\"")]
    private static partial Regex Form();

    [GeneratedRegex("\\w+Async\\b")]
    private static partial Regex Job();
}
