using Portal.Domain.Pricing;
using Portal.Domain.Processes;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Pricing;

/// <summary>
/// What was decided about prices below their floor: for an object and the lines that it had then, each with its floor. About other lines nothing is decided.
/// </summary>
public sealed class PriceDecision
{
    private PriceDecision() { }

    /// <summary>Keeps a decision.</summary>
    /// <param name="about">the object that asked</param>
    /// <param name="marks">the lines that were asked about, as they stood when it was decided</param>
    /// <param name="instance">the process that it was decided in</param>
    internal PriceDecision(ObjectRef about, IReadOnlyList<PriceMark> marks, bool granted, string? note, InstanceId instance, Actor actor, DateTimeOffset at)
    {
        Id = Guid.CreateVersion7();
        (AboutKind, AboutId, Granted, Instance, At) = (about.Kind, about.Id, granted, instance, at);
        (ByUser, ByName) = (actor.UserId, actor.Name);
        Marks = marks;
        Note = Required.Optional(note, "price.note", 4000);
    }

    public Guid Id { get; private set; }
    public ObjectKind AboutKind { get; private set; }
    public Guid AboutId { get; private set; }
    public IReadOnlyList<PriceMark> Marks { get; private set; } = [];
    public bool Granted { get; private set; }
    public string? Note { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public InstanceId Instance { get; private set; }
}
