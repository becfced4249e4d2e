using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Id of a <see cref="Partner"/>.</summary>
public readonly record struct PartnerId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static PartnerId New() => new(Guid.CreateVersion7());
}

/// <summary>What a partner is to us; one party can be several at once.</summary>
[Flags]
public enum PartnerKinds { None = 0, Client = 1, Supplier = 2, Agent = 4, Partner = 8, Competitor = 16 }

/// <summary>How a party stands to us: not yet a buyer, a buyer, one that left.</summary>
public enum PartnerStanding { Prospect, Active, Lost }

/// <summary>What a party is within a network of clients, as its managers see it: <see cref="Holding"/> over <see cref="Region"/> over <see cref="Outlet"/>.</summary>
public enum NetworkLevel { Single, Holding, Region, Outlet }

/// <summary>The party a human means (management view); its legal entities are <see cref="Counterparty"/> records.</summary>
public sealed class Partner : ISearchable
{
    /// <summary>Steps from an outlet up to the head of its network at most; a longer chain is taken for a mistake.</summary>
    public const int DeepestNetwork = 8;

    private Partner() { }

    /// <summary>Takes a party into the base.</summary>
    public Partner(PartnerId id, string name, PartnerKinds kinds)
    {
        Id = id;
        Describe(name, kinds);
    }

    public PartnerId Id { get; private set; }
    public string Name { get; private set; } = "";
    public PartnerKinds Kinds { get; private set; }
    public PartnerStanding Standing { get; private set; }
    public string? Phone { get; private set; }
    public string? Email { get; private set; }
    public string? Website { get; private set; }
    public string? Note { get; private set; }
    /// <summary>The party above it in its network, as its managers see it.</summary>
    public PartnerId? Parent { get; private set; }
    public NetworkLevel Level { get; private set; }
    /// <summary>Our user who answers for it.</summary>
    public Guid? Responsible { get; private set; }
    /// <summary>Our branch that works with it; null where all do.</summary>
    public BranchId? Branch { get; private set; }
    /// <summary>When it came into the base; the database sets it.</summary>
    public DateTimeOffset CreatedAt { get; private set; }
    public bool Archived { get; private set; }
    /// <summary>The record that stands for this one since both were found to be one party.</summary>
    public PartnerId? MergedInto { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets the name and what the party is to us.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>clients.kind-required</c></exception>
    public void Describe(string name, PartnerKinds kinds)
    {
        Name = Required.Text(name, "partner.name", 200);
        Kinds = kinds != PartnerKinds.None ? kinds : throw new RuleBrokenException("clients.kind-required");
    }

    /// <summary>Sets how to reach the party as a whole.</summary>
    public void Reach(string? phone, string? email)
    {
        Phone = Required.Optional(phone, "partner.phone", 40);
        Email = Required.Optional(email, "partner.email", 200);
    }

    /// <summary>Sets what else is known of it. A web address is kept without a scheme that a browser could run.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.website-unreadable</c></exception>
    public void Annotate(string? website, string? note)
    {
        Website = WebAddress(Required.Optional(website, "partner.website", 200));
        Note = Required.Optional(note, "partner.note", 4000);
    }

    /// <summary>Says how it stands to us.</summary>
    public void Stand(PartnerStanding standing) => Standing = standing;

    /// <summary>Gives it to a user of ours and to a branch.</summary>
    public void HandTo(Guid? responsible, BranchId? branch) => (Responsible, Branch) = (responsible, branch);

    /// <summary>Puts it under another party of its network. Whoever calls has seen that this makes no circle.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.own-parent</c></exception>
    public void JoinNetwork(PartnerId? parent, NetworkLevel level)
    {
        if (parent == Id) throw new RuleBrokenException("clients.own-parent");
        (Parent, Level) = (parent, level);
    }

    /// <summary>Takes it out of lists; what happened with it stays.</summary>
    public void Archive() => Archived = true;

    /// <summary>Leaves its place to another record of the same party.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.merge-itself</c></exception>
    public void MergeInto(PartnerId survivor)
    {
        MergedInto = survivor != Id ? survivor : throw new RuleBrokenException("clients.merge-itself");
        Archived = true;
    }

    /// <summary>Brings it back; one that was merged comes back when the merge is undone.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.merged-away</c></exception>
    public void Restore() => Archived = MergedInto is null ? false : throw new RuleBrokenException("clients.merged-away");

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Partner, Id.Value), Name, $"{Phone} {Email} {Website}", Id.Value);

    private static string? WebAddress(string? text)
    {
        if (text is null) return null;
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}";
        return Uri.TryCreate(whole, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Contains('.') ? whole
            : throw new RuleBrokenException("clients.website-unreadable", text);
    }
}
