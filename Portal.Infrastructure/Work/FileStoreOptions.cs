namespace Portal.Infrastructure.Work;

/// <summary>Where contents of attached files lie.</summary>
/// <param name="Folder">outside the web root; one per installation</param>
public sealed record FileStoreOptions(string Folder);
