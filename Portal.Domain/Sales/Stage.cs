using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>A step of a <see cref="Pipeline"/> on which an open deal stands.</summary>
public sealed class Stage
{
    /// <summary>Longest that a deal may be meant to stand, days.</summary>
    public const int MostDays = 3650;

    private Stage() { }

    /// <summary>Adds a stage.</summary>
    /// <param name="key">what maps and files call it, unique in its pipeline</param>
    /// <param name="position">place in the pipeline, from 1</param>
    /// <param name="probability">chance of winning from here, percent</param>
    /// <param name="ageLimit">days after which a deal has stood here for too long; null for no limit</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>number.out-of-range</c></exception>
    public Stage(StageId id, PipelineId pipeline, string key, string name, int position, decimal probability, int? ageLimit)
    {
        (Id, Pipeline, Key) = (id, pipeline, Required.Text(key, "stage.key", 80));
        Describe(name, probability, ageLimit);
        Place(position);
    }

    public StageId Id { get; private set; }
    public PipelineId Pipeline { get; private set; }
    /// <summary>What maps and files call it.</summary>
    public string Key { get; private set; } = "";
    public string Name { get; private set; } = "";
    /// <summary>Place in the pipeline, from 1.</summary>
    public int Position { get; private set; }
    /// <summary>Chance of winning from here, percent.</summary>
    public decimal Probability { get; private set; }
    /// <summary>Days after which a deal has stood here for too long.</summary>
    public int? AgeLimit { get; private set; }
    /// <summary>True when no deal may come here any more; its history stays.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets name, probability and age limit.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>number.out-of-range</c></exception>
    public void Describe(string name, decimal probability, int? ageLimit)
    {
        Name = Required.Text(name, "stage.name", 80);
        Probability = Chance.Percent(probability);
        AgeLimit = ageLimit is { } days ? Required.Number(days, "stage.age-limit", 1, MostDays) : null;
    }

    /// <summary>Puts it into its place in the pipeline.</summary>
    public void Place(int position) => Position = Required.Number(position, "stage.position", 1, 100);

    /// <summary>Lets no deal come here any more.</summary>
    public void Archive() => Archived = true;

    /// <summary>Lets deals come here again.</summary>
    public void Restore() => Archived = false;
}

/// <summary>How probable it is to win.</summary>
internal static class Chance
{
    /// <summary>A share of 100, two places.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Percent(decimal percent) =>
        percent is >= 0 and <= 100 ? Math.Round(percent, 2, MidpointRounding.AwayFromZero) : throw new RuleBrokenException("number.out-of-range", "deal.probability", 0, 100);
}
