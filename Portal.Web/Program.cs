using Portal.Web.Shell;

return await PortalHost.RunAsync(args);

/// <summary>The composition root; named so that tests can find the assembly.</summary>
public partial class Program;
