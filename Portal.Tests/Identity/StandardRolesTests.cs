using Portal.Domain.Identity;

namespace Portal.Tests.Identity;

public sealed class StandardRolesTests
{
    [Fact]
    public void RunningProcesses_AreAlteredByDirectorAnalystAndAdministratorOnly()
    {
        var may = StandardRoles.Grants.Where(role => role.Value.Contains(Permissions.ProcessAlter)).Select(role => role.Key);

        Assert.Equal(["administrator", "analyst", "director"], may.Order());
    }

    [Fact]
    public void Heads_LookAfterTheWorkOfOthers_AndReadReports() =>
        Assert.All(StandardRoles.Grants.Where(role => role.Key.EndsWith("-head", StringComparison.Ordinal)),
            role => Assert.Superset(new HashSet<string> { Permissions.TasksOversee, Permissions.ProcessReportRead }, role.Value.ToHashSet()));
}
