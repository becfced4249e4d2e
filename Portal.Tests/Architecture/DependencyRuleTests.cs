using System.Reflection;
using System.Xml.Linq;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>Domain ← Workflows ← Infrastructure ← Web.</summary>
public sealed class DependencyRuleTests
{
    private static readonly string[] Order = ["Portal.Domain", "Portal.Workflows", "Portal.Infrastructure", "Portal.Web"];

    [Theory]
    [InlineData("Portal.Domain")]
    [InlineData("Portal.Workflows")]
    [InlineData("Portal.Infrastructure")]
    [InlineData("Portal.Web")]
    public void Project_RefersOnlyToThoseBelowIt(string project)
    {
        var document = XDocument.Load(SourceTree.Path(project, $"{project}.csproj"));

        Check.None(Upward(project, References(document)));
    }

    [Fact]
    public void Domain_HasNoPackages() => Check.None(Packages(XDocument.Load(SourceTree.Path("Portal.Domain", "Portal.Domain.csproj"))));

    [Fact]
    public void Domain_UsesTheRuntimeOnly()
    {
        var used = typeof(RuleBrokenException).Assembly.GetReferencedAssemblies().Select(name => name.Name!);

        Assert.DoesNotContain(used, name => !name.StartsWith("System", StringComparison.Ordinal));
    }

    /// <summary>Workflows is pure: neither database nor web, and no clock but the time it is given.</summary>
    [Fact]
    public void Workflows_UsesTheRuntimeAndTheDomainOnly()
    {
        var used = Assembly.Load("Portal.Workflows").GetReferencedAssemblies().Select(name => name.Name!);

        Assert.DoesNotContain(used, name => !name.StartsWith("System", StringComparison.Ordinal) && name != "Portal.Domain");
    }

    [Fact]
    public void Domain_KeepsToTheFeaturesFolders() => Check.None(Misplaced("Portal.Domain", typeof(RuleBrokenException).Assembly));

    [Fact]
    public void Infrastructure_KeepsToTheFeaturesFolders() => Check.None(Misplaced("Portal.Infrastructure", typeof(PortalDb).Assembly));

    [Fact]
    public void Check_FindsAnUpwardReferenceAndAPackage()
    {
        var document = XDocument.Parse("""
            <Project><ItemGroup>
              <ProjectReference Include="../Portal.Web/Portal.Web.csproj" />
              <PackageReference Include="Npgsql" />
            </ItemGroup></Project>
            """);

        Assert.Equal(["Portal.Web"], Upward("Portal.Domain", References(document)));
        Assert.Equal(["Npgsql"], Packages(document));
    }

    private static IEnumerable<string> References(XDocument project) =>
        project.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

    private static IEnumerable<string> Packages(XDocument project) =>
        project.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);

    private static IEnumerable<string> Upward(string project, IEnumerable<string> references) =>
        references.Where(reference => Array.IndexOf(Order, reference) >= Array.IndexOf(Order, project) || !Order.Contains(reference));

    private static IEnumerable<string> Misplaced(string project, Assembly assembly) =>
        assembly.GetExportedTypes().Select(type => type.Namespace!).Distinct()
            .Where(name => !name.StartsWith(project + ".", StringComparison.Ordinal) || !Directory.Exists(SourceTree.Path([project, .. name[(project.Length + 1)..].Split('.')])));
}
