namespace Portal.Infrastructure.Imports;

/// <summary>How files of one look were read last time: offered for the next one. Whose they are is another matter: files of many sources look alike.</summary>
public sealed class RememberedMap
{
    public string Kind { get; init; } = "";
    public string Signature { get; init; } = "";
    public Dictionary<string, int> Map { get; set; } = [];
    public bool CreateMissing { get; set; }
    public string TimeZone { get; set; } = "UTC";
    public bool DayFirst { get; set; }
    public DecimalSign Decimals { get; set; }
    public string? Country { get; set; }
}
