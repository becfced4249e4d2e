namespace Portal.Tests.Support;

/// <summary>Assertions xunit lacks.</summary>
public static class Check
{
    /// <summary>Fails naming every problem, where <see cref="Assert.Empty"/> names five.</summary>
    public static void None(IEnumerable<string> problems)
    {
        var found = problems.Distinct().Order().ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
