using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>Fields of a form.</summary>
[Flags]
public enum LeadFields { None = 0, Name = 1, Company = 2, Phone = 4, Mail = 8, Territory = 16, Text = 32 }

/// <summary>What a form says in a language.</summary>
/// <param name="Intro">below the title</param>
/// <param name="Thanks">once it was sent; null takes the product's words</param>
public sealed record LeadFormWords(string Title, string? Intro = null, string? Thanks = null);

/// <summary>What a form is like.</summary>
/// <param name="Asked">the fields it shows</param>
/// <param name="Needed">those of them that must be filled</param>
/// <param name="Origins">sites that may show it, such as <c>https://example.com</c>; none for only its own address</param>
/// <param name="Managers">users of ours whom a client may ask for</param>
public sealed record LeadFormDetails(
    string Name, LeadStreamId Stream, LeadSourceId? Source = null, LeadFields Asked = LeadForm.Usual, LeadFields Needed = LeadFields.Name, BranchId? Branch = null, Guid? Group = null)
{
    /// <summary>By code of the language; the first is shown to whom none of them fits.</summary>
    public IReadOnlyDictionary<string, LeadFormWords> Words { get; init; } = new Dictionary<string, LeadFormWords>();
    public IReadOnlyList<string> Origins { get; init; } = [];
    public IReadOnlyList<Guid> Managers { get; init; } = [];
}

/// <summary>A form that anybody may fill, at <c>/f/{key}</c> and within pages of the sites it names.</summary>
public sealed class LeadForm
{
    /// <summary>Sites at most.</summary>
    public const int MostOrigins = 20;

    /// <summary>Managers to choose from at most.</summary>
    public const int MostManagers = 30;

    /// <summary>What a form asks unless somebody says otherwise.</summary>
    public const LeadFields Usual = LeadFields.Name | LeadFields.Phone | LeadFields.Mail | LeadFields.Text;

    private LeadForm() { }

    /// <summary>Opens a form.</summary>
    /// <param name="key">what stands in its address</param>
    /// <exception cref="RuleBrokenException">as <see cref="Describe"/></exception>
    public LeadForm(LeadFormId id, string key, LeadFormDetails details)
    {
        (Id, Key) = (id, key);
        Describe(details);
    }

    public LeadFormId Id { get; private set; }
    public string Name { get; private set; } = "";
    /// <summary>What stands in its address; never changes.</summary>
    public string Key { get; private set; } = "";
    public LeadStreamId Stream { get; private set; }
    public LeadSourceId? Source { get; private set; }
    /// <summary>Our branch that works on what comes by it; null where all do.</summary>
    public BranchId? Branch { get; private set; }
    /// <summary>The group of products it is about.</summary>
    public Guid? Group { get; private set; }
    public LeadFields Asked { get; private set; }
    public LeadFields Needed { get; private set; }
    /// <summary>By code of the language.</summary>
    public Dictionary<string, LeadFormWords> Words { get; private set; } = [];
    public string[] Origins { get; private set; } = [];
    public Guid[] Managers { get; private set; } = [];
    /// <summary>True when nobody can send it any more.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Says what it is like.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>leads.form-language</c>, <c>leads.form-reach</c>, <c>leads.origin-unreadable</c>, <c>leads.too-many-origins</c>, <c>leads.too-many-managers</c></exception>
    public void Describe(LeadFormDetails details)
    {
        Name = Required.Text(details.Name, "form.name", 120);
        (Stream, Source, Branch, Group) = (details.Stream, details.Source, details.Branch, details.Group);
        // who cannot be reached cannot be answered
        if ((details.Asked & (LeadFields.Phone | LeadFields.Mail)) == 0) throw new RuleBrokenException("leads.form-reach");
        (Asked, Needed) = (details.Asked, details.Needed & details.Asked);
        Words = Languages.All.Where(l => details.Words.ContainsKey(l.Code)).ToDictionary(l => l.Code, l => Checked(details.Words[l.Code]));
        if (Words.Count == 0) throw new RuleBrokenException("leads.form-language");
        if (details.Origins.Count > MostOrigins) throw new RuleBrokenException("leads.too-many-origins", MostOrigins);
        if (details.Managers.Count > MostManagers) throw new RuleBrokenException("leads.too-many-managers", MostManagers);
        (Origins, Managers) = ([.. details.Origins.Select(Origin).Distinct()], [.. details.Managers.Distinct()]);
    }

    /// <summary>Closes it: its address leads nowhere.</summary>
    public void Archive() => Archived = true;

    /// <summary>Opens it again.</summary>
    public void Restore() => Archived = false;

    /// <summary>A site as a browser names it: scheme, host and port, nothing else. What a header would take for more is refused.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.origin-unreadable</c></exception>
    public static string Origin(string text)
    {
        var entered = text.Trim();
        var whole = entered.Contains("://", StringComparison.Ordinal) ? entered : $"https://{entered}";
        return entered.Length is > 0 and <= 200 && Uri.TryCreate(whole, UriKind.Absolute, out var site) && site.Scheme is "http" or "https" && site is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            && Uri.CheckHostName(site.IdnHost) != UriHostNameType.Unknown
            ? $"{site.Scheme}://{(site.HostNameType == UriHostNameType.IPv6 ? site.Host : site.IdnHost)}{(site.IsDefaultPort ? "" : $":{site.Port}")}"
            : throw new RuleBrokenException("leads.origin-unreadable", entered.Length > 200 ? entered[..200] : entered);
    }

    private static LeadFormWords Checked(LeadFormWords words) =>
        new(Required.Text(words.Title, "form.title", 120), Required.Optional(words.Intro, "form.intro", 1000), Required.Optional(words.Thanks, "form.thanks", 1000));
}
