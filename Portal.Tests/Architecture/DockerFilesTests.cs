using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>The container files name what exists: files, ports, variables, volumes. No engine is needed to see that.</summary>
public sealed class DockerFilesTests
{
    private static readonly string Dockerfile = File.ReadAllText(SourceTree.Path("docker", "Dockerfile"));
    private static readonly string Compose = File.ReadAllText(SourceTree.Path("docker", "compose.yml"));

    [Fact]
    public void Dockerfile_CopiesOnlyWhatExists()
    {
        var sources = CopiedFromTheCheckout().ToList();

        Assert.NotEmpty(sources);
        Check.None(sources.Where(source => !Path.Exists(SourceTree.Path(source))));
    }

    [Fact]
    public void Dockerfile_CopiesEveryProjectTheApplicationNeeds()
    {
        Check.None(Needed("Portal.Web").Except(CopiedFromTheCheckout()));

        static IEnumerable<string> Needed(string project) => XDocument.Load(SourceTree.Path(project, $"{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .SelectMany(Needed)
            .Append(project);
    }

    [Fact]
    public void Dockerfile_StartsTheApplicationItPublished()
    {
        Assert.Contains("dotnet publish Portal.Web/Portal.Web.csproj", Dockerfile);
        Assert.Contains($"\"{typeof(Program).Assembly.GetName().Name}.dll\"", Dockerfile);
    }

    [Fact]
    public void Ports_AgreeEverywhere()
    {
        var port = One(Dockerfile, @"ASPNETCORE_HTTP_PORTS=(\d+)");

        Assert.Equal(port, One(Dockerfile, @"EXPOSE (\d+)"));
        Assert.Equal(port, One(Dockerfile, @"http://localhost:(\d+)/health/ready"));
        Assert.Equal(port, One(Compose, @"PORTAL_PORT:-\d+\}:(\d+)"));
        Assert.Equal(One(File.ReadAllText(SourceTree.Path("run")), @"port=(\d+)"), One(Compose, @"PORTAL_PORT:-(\d+)"));
    }

    [Fact]
    public void Variables_AreReadByTheApplication()
    {
        var source = string.Concat(SourceTree.Files("Portal.Infrastructure", ".cs").Concat(SourceTree.Files("Portal.Web", ".cs")).Select(File.ReadAllText));
        var given = Matches(Compose[..Compose.IndexOf("\n  postgres:", StringComparison.Ordinal)], @"^      ([A-Z_]+): ").Concat(Matches(Dockerfile, @"(PORTAL_\w+)="));

        Check.None(given.Where(name => !source.Contains($"\"{name}\"", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Volumes_AreDeclared_AndLieInTheDataFolder()
    {
        var declared = Matches(Compose[Compose.IndexOf("\nvolumes:", StringComparison.Ordinal)..], @"^  (\w+):").ToList();
        var used = Matches(Compose, @"^      - (\w+):/").ToList();

        Assert.Equal(["database", "files", "keys"], declared.Order());
        Assert.Equal(declared.Order(), used.Order());
        foreach (var folder in Matches(Compose, @"^      - (?:files|keys):(\S+)"))
        {
            Assert.StartsWith(One(Dockerfile, @"PORTAL_DATA=(\S+)") + "/", folder);
            Assert.Contains(folder, One(Dockerfile, @"mkdir -p (.+) &&"));
        }
    }

    [Fact]
    public void Database_IsMadeAsTheOwnClusterIs()
    {
        var own = File.ReadAllText(SourceTree.Path("Portal.Infrastructure", "Database", "EmbeddedPostgres.cs"));

        foreach (var flag in One(Compose, "POSTGRES_INITDB_ARGS: (.+)").Split(' '))
            Assert.Contains(flag.Replace("--encoding=UTF8", "\"UTF8\""), own);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("test")]
    [InlineData("bench")]
    [InlineData(".ci/run")]
    [UnsupportedOSPlatform("windows")]
    public void Scripts_CanBeRun(string script)
    {
        Assert.True(File.GetUnixFileMode(SourceTree.Path(script)).HasFlag(UnixFileMode.OtherExecute));
        Assert.StartsWith("#!/usr/bin/env bash\n", File.ReadAllText(SourceTree.Path(script)));
    }

    private static IEnumerable<string> CopiedFromTheCheckout() =>
        Matches(Dockerfile, @"^COPY (?!--from)(.+) \S+$").SelectMany(sources => sources.Split(' '));

    private static string One(string text, string pattern) => Assert.Single(Matches(text, pattern).Distinct());

    private static IEnumerable<string> Matches(string text, string pattern) =>
        Regex.Matches(text, pattern, RegexOptions.Multiline).Select(match => match.Groups[1].Value);
}
