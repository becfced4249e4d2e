using Portal.Domain.Clients;

namespace Portal.Infrastructure.Clients.Network;

/// <summary>
/// What stands in a branch of a network, its head included, as far as the reader reaches: clients and outlets among them, their legal entities, clients
/// for whom nobody answers, interactions planned, and when one of them was last talked to (notes do not count).
/// </summary>
public sealed record NetworkFigures(int Clients, int Outlets, int Entities, int Unattended, int Planned, DateTimeOffset? LastContact);

/// <summary>A client in the tree of its network. <paramref name="Entity"/> is the first of its own legal entities.</summary>
public sealed record NetworkNode(
    PartnerId Id, string Name, NetworkLevel Level, bool Archived, string? Responsible, string? Entity, string? TaxNumber, uint Version, NetworkFigures Figures)
{
    /// <summary>True when the reader sees somebody below it.</summary>
    public bool HasBranch => Figures.Clients > (Archived ? 0 : 1);
}

/// <summary>A client on the way from the head of its network.</summary>
public sealed record NetworkStep(PartnerId Id, string Name);

/// <summary>What a text found in a network: the hits with all above them, each after who is above it.</summary>
/// <param name="Nodes">a node, how deep it stands (from 0), and whether the text itself found it</param>
/// <param name="Total">hits in all; only the first are here</param>
public sealed record FoundInNetwork(IReadOnlyList<(NetworkNode Node, int Depth, bool Hit)> Nodes, int Total);

/// <summary>A legal entity that serves clients of a branch: its own, and those below it that have none of their own.</summary>
public sealed record NetworkEntity(CounterpartyId Id, string Name, string? TaxNumber, string? Country, string? Parent, PartnerId OwnerId, string Owner, int Serves);
