using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>Which client a document of a source has become; a merge carries it to the survivor.</summary>
internal sealed class ClientDocument
{
    public string Source { get; init; } = "";
    public string Document { get; init; } = "";
    public PartnerId Partner { get; init; }
}

internal sealed class ClientDocumentMapping : IEntityTypeConfiguration<ClientDocument>
{
    public void Configure(EntityTypeBuilder<ClientDocument> entity)
    {
        entity.InSchema("imports").NotAudited().HasWall(Wall.Internal);
        entity.HasKey(d => new { d.Source, d.Document });
    }
}
