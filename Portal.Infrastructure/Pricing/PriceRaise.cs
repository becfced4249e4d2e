using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Pricing;

/// <summary>Prices of a list that were raised, or lowered, together.</summary>
public sealed class PriceRaise
{
    private PriceRaise() { }

    internal PriceRaise(Guid id, PriceListId list, decimal percent, decimal step, int prices, Actor actor, DateTimeOffset at)
    {
        (Id, List, Percent, Step, Prices, At, ByUser, ByName) = (id, list, percent, step, prices, at, actor.UserId, actor.Name);
    }

    public Guid Id { get; private set; }
    public PriceListId List { get; private set; }
    /// <summary>Percent; negative where they were lowered.</summary>
    public decimal Percent { get; private set; }
    /// <summary>What the new prices are whole multiples of, in the list's currency; 0 for six places.</summary>
    public decimal Step { get; private set; }
    public int Prices { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public DateTimeOffset? UndoneAt { get; private set; }

    internal void Undo(DateTimeOffset at) => UndoneAt = at;
}
