using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Infrastructure.Sales.Leads;

namespace Portal.Web.Sales.Leads.Settings;

/// <summary>A web form as it is put together on the page.</summary>
public sealed class FormDraft
{
    private FormDraft() => Words = Languages.All.ToDictionary(l => l.Code, _ => new LeadFormWords(""));

    public string Name { get; set; } = "";
    public Guid Stream { get; set; }
    public Guid? Source { get; set; }
    public Guid? Group { get; set; }
    public LeadFields Asked { get; set; } = LeadForm.Usual;
    public LeadFields Needed { get; set; } = LeadFields.Name;
    /// <summary>By code of the language; a language without a title is not offered.</summary>
    public Dictionary<string, LeadFormWords> Words { get; }
    /// <summary>Sites, one a line.</summary>
    public string Origins { get; set; } = "";
    public HashSet<Guid> Managers { get; } = [];
    private BranchId? Branch { get; init; }

    /// <summary>A new one.</summary>
    public static FormDraft New(LeadChoices choices) => new() { Stream = choices.Streams.First(s => !s.Archived).Id };

    /// <summary>One that is there.</summary>
    public static FormDraft Of(FormRow row)
    {
        var form = row.Details;
        var draft = new FormDraft
        {
            Name = form.Name, Stream = form.Stream.Value, Source = form.Source?.Value, Group = form.Group, Asked = form.Asked, Needed = form.Needed, Branch = form.Branch, Origins = string.Join('\n', form.Origins),
        };
        foreach (var (language, words) in form.Words) draft.Words[language] = words;
        draft.Managers.UnionWith(form.Managers);
        return draft;
    }

    /// <summary>Offers a manager to clients, or does so no longer.</summary>
    public void Choose(Guid manager)
    {
        if (!Managers.Remove(manager)) Managers.Add(manager);
    }

    /// <summary>The form as a job takes it.</summary>
    public LeadFormDetails Details => new(Name, new(Stream), Source is { } source ? new LeadSourceId(source) : null, Asked, Needed, Branch, Group)
    {
        Words = Words.Where(w => !string.IsNullOrWhiteSpace(w.Value.Title)).ToDictionary(w => w.Key, w => w.Value),
        Origins = Origins.Split(['\n', ',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Managers = [.. Managers],
    };
}
