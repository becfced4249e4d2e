using Portal.Domain.Sales;
using Portal.Infrastructure.Sales;

namespace Portal.Web.Sales.Settings;

/// <summary>A stage as it is put together on the page.</summary>
public sealed class StageDraft
{
    /// <summary>Null for a new one.</summary>
    public StageId? Id { get; init; }
    /// <summary>What it is called.</summary>
    public string Name { get; set; } = "";
    /// <summary>Chance of winning from here, percent.</summary>
    public decimal Probability { get; set; }
    /// <summary>Days after which a deal has stood here for too long.</summary>
    public int? AgeLimit { get; set; }
}

/// <summary>A pipeline as it is put together on the page.</summary>
public sealed class PipelineDraft
{
    /// <summary>Null for a new one.</summary>
    public PipelineId? Id { get; private init; }
    /// <summary>The map that runs it: then its stages and their order are the map's.</summary>
    public string? Map { get; private init; }
    /// <summary>The version it was opened in.</summary>
    public uint Version { get; private init; }
    /// <summary>What it is called.</summary>
    public string? Name { get; set; }
    /// <summary>Its stages in order.</summary>
    public List<StageDraft> Stages { get; private init; } = [];

    /// <summary>A new one, with three stages to begin with.</summary>
    public static PipelineDraft New() => new() { Stages = [new() { Probability = 10 }, new() { Probability = 40 }, new() { Probability = 80 }] };

    /// <summary>One that is there.</summary>
    public static PipelineDraft Of(PipelineRow row) => new()
    {
        Id = row.Id, Map = row.Map, Version = row.Version, Name = row.OwnName,
        Stages = [.. row.Open.Select(s => new StageDraft { Id = s.Id, Name = s.Name.Default, Probability = s.Probability, AgeLimit = s.AgeLimit })],
    };

    /// <summary>The stages as a job takes them.</summary>
    public IReadOnlyList<StageSetting> Settings => [.. Stages.Select(s => new StageSetting(s.Id, s.Name, s.Probability, s.AgeLimit))];

    /// <summary>Puts a stage before the one above it.</summary>
    public void Up(StageDraft stage)
    {
        var at = Stages.IndexOf(stage);
        if (at > 0) (Stages[at - 1], Stages[at]) = (Stages[at], Stages[at - 1]);
    }
}
