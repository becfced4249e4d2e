namespace Portal.Infrastructure.Database;

/// <summary>The folder of one PostgreSQL installation's programs.</summary>
public sealed record PostgresBinaries(string Folder)
{
    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    public string Initdb => Path.Combine(Folder, "initdb");
    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>
    /// Looks on PATH, then in the usual install folders, newest first.
    /// </summary>
    /// <param name="clusterVersion">Major version an existing cluster needs; null for a new one.</param>
    /// <exception cref="InvalidOperationException">None is installed, or none of that version.</exception>
    public static async Task<PostgresBinaries> FindAsync(string? clusterVersion, CancellationToken ct)
    {
        var found = Candidates().Where(IsComplete).Select(folder => new PostgresBinaries(folder)).ToList();
        if (found.Count == 0)
            throw new InvalidOperationException(
                "PostgreSQL is not installed: initdb, pg_ctl and postgres are neither on PATH nor in the usual folders. " +
                "Install the package \"postgresql\" (15 or later), or set PORTAL_DATABASE to a server's connection string.");

        foreach (var binaries in found)
            if (clusterVersion is null || await binaries.MajorVersionAsync(ct) == clusterVersion)
                return binaries;
        throw new InvalidOperationException(
            $"The data were written by PostgreSQL {clusterVersion}, which is not installed any more. " +
            $"Install the package \"postgresql-{clusterVersion}\".");
    }

    private static IEnumerable<string> Candidates()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path
            .Concat(Versions("/usr/lib/postgresql", "*/bin"))
            .Concat(Versions("/usr", "pgsql-*/bin"))
            .Concat(Versions("/opt/homebrew/opt", "postgresql@*/bin"))
            .Append("/usr/local/pgsql/bin");
    }

    private static IEnumerable<string> Versions(string root, string pattern)
    {
        var parts = pattern.Split('/');
        return Directory.Exists(root)
            ? Directory.GetDirectories(root, parts[0]).OrderByDescending(Number).Select(folder => Path.Combine(folder, parts[1]))
            : [];

        static int Number(string folder) =>
            int.TryParse(new string([.. Path.GetFileName(folder).Where(char.IsDigit)]), out var number) ? number : 0;
    }

    private static bool IsComplete(string folder) => Needed.All(name => File.Exists(Path.Combine(folder, name)));

    private async Task<string> MajorVersionAsync(CancellationToken ct)
    {
        var (_, output) = await ChildProgram.RunAsync(PgCtl, ["--version"], null, ct);
        return new string([.. output.SkipWhile(c => !char.IsDigit(c)).TakeWhile(char.IsDigit)]);
    }
}
