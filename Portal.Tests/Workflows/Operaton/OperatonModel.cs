using Portal.Tests.Support;
using Portal.Workflows.Checks;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Operaton;

/// <summary>The 53 engine models under <c>bpmn/operaton</c>, whose expected runs stand in EXPECTATIONS.tsv.</summary>
internal static class OperatonModel
{
    public const string Folder = "bpmn/operaton";

    public static RouteMap Read(string path) => OperatonAdapter.Read(SharedData.File($"{Folder}/{path}")).ToMap();

    /// <summary>The process of a model that passes the publish check.</summary>
    public static ProcessMap Process(string path)
    {
        var map = Read(path);
        MapCheck.Require(map);
        return map.Process;
    }
}
