using Portal.Domain.Shared;

namespace Portal.Domain.Documents;

/// <summary>How one document comes from another.</summary>
public enum DocumentLinkKind
{
    /// <summary>It was made for the object it points to.</summary>
    For,
    /// <summary>It began as a copy of the document it points to.</summary>
    CopyOf,
}

/// <summary>A document points to what it comes from: from these rows everything around a deal or an order is read.</summary>
public sealed class DocumentLink
{
    private DocumentLink() { }

    /// <summary>Remembers where a document comes from.</summary>
    public DocumentLink(ObjectRef from, ObjectRef to, DocumentLinkKind kind, DateTimeOffset at) =>
        (FromKind, FromId, ToKind, ToId, Kind, At) = (from.Kind, from.Id, to.Kind, to.Id, kind, at);

    public ObjectKind FromKind { get; private set; }
    public Guid FromId { get; private set; }
    public ObjectKind ToKind { get; private set; }
    public Guid ToId { get; private set; }
    public DocumentLinkKind Kind { get; private set; }
    public DateTimeOffset At { get; private set; }
}
