using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>Clients of the base whom the documents of a file meet, each read once and kept on scratch: of a file that is in the base already, every client is met by many.</summary>
internal sealed class MetParties(Actor reader) : IDisposable
{
    private readonly PartyScratch scratch = new();
    private readonly Dictionary<PartnerId, int> numbers = [];

    /// <summary>Reads those of some clients who have not been met yet. Beside it known ones may be compared.</summary>
    public Task<IReadOnlyDictionary<PartnerId, PartyDetails>> ReadNewAsync(PortalDb db, IEnumerable<PartnerId> partners, CancellationToken ct) =>
        PartyReading.DetailsAsync(db, [.. partners.Where(id => !numbers.ContainsKey(id)).Distinct()], reader, ct);

    /// <summary>Keeps what was read. Not beside a comparison.</summary>
    public void Add(IReadOnlyDictionary<PartnerId, PartyDetails> read)
    {
        foreach (var (id, details) in read) numbers[id] = scratch.Add(id.Value, details, []);
        scratch.Flush();
    }

    /// <summary>A client prepared to be compared; null for one who was merged away since its keys were reckoned.</summary>
    public PartyForm? FormOf(PartnerId id) => numbers.TryGetValue(id, out var number) ? scratch.FormOf(number) : null;

    public void Dispose() => scratch.Dispose();
}
