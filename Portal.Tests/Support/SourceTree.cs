namespace Portal.Tests.Support;

/// <summary>The checkout the tests were built from.</summary>
public static class SourceTree
{
    private static readonly string[] NotSource = ["bin", "obj", "node_modules", ".git", ".data", "lib", "_framework"];

    /// <summary>Its root: the folder of <c>Portal.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder below the root.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Source files below a folder of the root whose names end in one of <paramref name="endings"/>.</summary>
    public static IEnumerable<string> Files(string folder, params string[] endings) =>
        Walk(Path(folder)).Where(file => endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)));

    private static IEnumerable<string> Walk(string folder) =>
        Directory.GetFiles(folder).Concat(Directory.GetDirectories(folder)
            .Where(child => !NotSource.Contains(System.IO.Path.GetFileName(child)))
            .SelectMany(Walk));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Portal.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
        return folder.FullName;
    }
}
