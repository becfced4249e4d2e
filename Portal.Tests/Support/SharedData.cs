namespace Portal.Tests.Support;

/// <summary>The folder of real data beside the checkout, named by <c>PORTAL_SHARED</c> or found as <c>../shared</c>.</summary>
public static class SharedData
{
    /// <summary>The folder, or null when this machine has none.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Full path of a file below <c>data</c>.</summary>
    public static string File(string path) => Path.Combine(Folder!, "data", path);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PORTAL_SHARED") is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(shared, "data"))) return shared;
        }
        return null;
    }
}

/// <summary>A test on real data; skipped by name where the data is absent.</summary>
public sealed class SharedDataFactAttribute : FactAttribute
{
    /// <summary>Marks a test on one file or folder below <c>data</c>.</summary>
    public SharedDataFactAttribute(string path)
    {
        if (SharedData.Folder is null || !Path.Exists(SharedData.File(path))) Skip = $"needs shared data: {path}";
    }
}
