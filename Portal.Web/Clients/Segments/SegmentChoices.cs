using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Work;
using Portal.Web.Shared;

namespace Portal.Web.Clients.Segments;

/// <summary>What can be chosen in conditions: colleagues, branches, words on clients and other segments.</summary>
public sealed class SegmentChoices(ColleagueQuery colleagues, PartnerListQuery clients, SegmentQuery segments)
{
    /// <summary>Users of ours who may answer for clients within the reader's reach.</summary>
    public IReadOnlyList<Colleague> Users { get; private set; } = [];
    /// <summary>Branches within the reader's reach.</summary>
    public IReadOnlyList<Branch> Branches { get; private set; } = [];
    /// <summary>Words on clients within the reader's reach.</summary>
    public IReadOnlyList<string> Tags { get; private set; } = [];
    /// <summary>Segments the reader may use.</summary>
    public IReadOnlyList<SegmentRow> Segments { get; private set; } = [];

    /// <summary>Reads all of them.</summary>
    public async Task ReadAsync(Actor actor, CancellationToken ct)
    {
        Users = await colleagues.ForClientsAsync(actor, ct);
        Branches = await clients.BranchesAsync(actor, ct);
        Tags = await clients.TagsAsync(actor, ct);
        Segments = await segments.ListAsync(actor, ct);
    }

    /// <summary>What a field offers, by id and name.</summary>
    internal IEnumerable<(string Id, string Name)> Of(SegmentField field, Texts t) => field.Type switch
    {
        SegmentFieldType.User => Users.Select(user => (user.Id.ToString(), user.Name)),
        SegmentFieldType.Branch => Branches.Select(branch => (branch.Id.Value.ToString(), branch.Name)),
        SegmentFieldType.Segment => Segments.Select(segment => (segment.Id.Value.ToString(), segment.Name)),
        _ => field.Options.Select(option => (option.ToString(), t[KeyOf(option)])),
    };

    /// <summary>Key of the text of a choice: the name of its type, one of several flags by the singular.</summary>
    internal static string KeyOf(Enum option) => option switch
    {
        PartnerKinds kind => $"partnerKind.{kind}",
        PartnerStanding standing => $"partnerStanding.{standing}",
        NetworkLevel level => $"networkLevel.{level}",
        _ => throw new InvalidOperationException($"{option.GetType()} has no texts."),
    };
}
