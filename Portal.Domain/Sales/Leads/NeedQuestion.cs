using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>How a question is answered.</summary>
public enum NeedKind { Text, YesNo, Number, Choice }

/// <summary>What a question asks.</summary>
/// <param name="Group">the group of products it is asked about; null asks it of everybody</param>
/// <param name="Options">of a choice</param>
/// <param name="Required">without its answer a lead is not qualified</param>
/// <param name="Budget">its answer tells what the client can spend</param>
public sealed record NeedAsked(string Text, NeedKind Kind = NeedKind.Text, Guid? Group = null, bool Required = false, bool Budget = false, IReadOnlyList<string>? Options = null);

/// <summary>A question by which the needs of a client are found out.</summary>
public sealed class NeedQuestion
{
    /// <summary>Options of a choice at most.</summary>
    public const int MostOptions = 30;

    /// <summary>Longest answer.</summary>
    public const int MostAnswer = 2_000;

    private NeedQuestion() { }

    /// <summary>Adds a question.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="Ask"/></exception>
    public NeedQuestion(NeedQuestionId id, NeedAsked asked, int position)
    {
        (Id, Position) = (id, position);
        Ask(asked);
    }

    public NeedQuestionId Id { get; private set; }
    /// <summary>The group of products it is asked about; null asks it of everybody.</summary>
    public Guid? Group { get; private set; }
    public string Text { get; private set; } = "";
    public NeedKind Kind { get; private set; }
    public string[] Options { get; private set; } = [];
    /// <summary>Place among the questions, from 1.</summary>
    public int Position { get; private set; }
    /// <summary>Without its answer a lead is not qualified.</summary>
    public bool IsRequired { get; private set; }
    /// <summary>Its answer tells what the client can spend.</summary>
    public bool Budget { get; private set; }
    /// <summary>True when it is asked no longer; answers stay.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Says what it asks.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>leads.options-required</c>, <c>leads.too-many-options</c></exception>
    public void Ask(NeedAsked asked)
    {
        (Text, Kind, Group, IsRequired, Budget) = (Required.Text(asked.Text, "need.question", 300), asked.Kind, asked.Group, asked.Required, asked.Budget);
        Options = asked.Kind != NeedKind.Choice ? [] : [.. (asked.Options ?? []).Where(o => !string.IsNullOrWhiteSpace(o)).Select(o => Required.Text(o, "need.option", 120)).Distinct()];
        if (asked.Kind == NeedKind.Choice && Options.Length < 2) throw new RuleBrokenException("leads.options-required");
        if (Options.Length > MostOptions) throw new RuleBrokenException("leads.too-many-options", MostOptions);
    }

    /// <summary>Sets its place, from 1.</summary>
    public void Place(int position) => Position = position;

    /// <summary>Asks it no longer.</summary>
    public void Archive() => Archived = true;

    /// <summary>Asks it again.</summary>
    public void Restore() => Archived = false;

    /// <summary>An answer as it is kept: <c>yes</c> or <c>no</c>, a number with a point, one of the options; null where there is none.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.answer-unreadable</c>, <c>text.too-long</c></exception>
    public string? Read(string? answer)
    {
        var text = Required.Optional(answer, "need.answer", MostAnswer);
        return text is null || Kind == NeedKind.Text ? text : Kind switch
        {
            NeedKind.YesNo when text is "yes" or "no" => text,
            NeedKind.Number when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1_000_000_000_000m => number.ToString(CultureInfo.InvariantCulture),
            NeedKind.Choice when Options.Contains(text) => text,
            _ => throw new RuleBrokenException("leads.answer-unreadable", Text),
        };
    }
}

/// <summary>What a client answered to a question.</summary>
public sealed class NeedAnswer
{
    private NeedAnswer() { }

    /// <summary>Notes an answer.</summary>
    /// <param name="value">as <see cref="NeedQuestion.Read"/> gives it</param>
    public NeedAnswer(LeadId lead, NeedQuestionId question, string value) => (Lead, Question, Value) = (lead, question, value);

    public LeadId Lead { get; private set; }
    public NeedQuestionId Question { get; private set; }
    public string Value { get; private set; } = "";

    /// <summary>Notes another answer.</summary>
    public void Change(string value) => Value = value;
}
