using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>Id of a <see cref="Reserve"/>.</summary>
public readonly record struct ReserveId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ReserveId New() => new(Guid.CreateVersion7());
}

/// <summary>Goods set aside for somebody's document until a day: others do not take them.</summary>
public sealed class Reserve
{
    private Reserve() { }

    /// <summary>Sets goods aside.</summary>
    /// <param name="owner">whose they are, such as an order</param>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public Reserve(ReserveId id, ObjectRef owner, WarehouseId warehouse, ProductId product, decimal quantity, DateOnly neededOn, DateTimeOffset at)
    {
        (Id, OwnerKind, OwnerId, Warehouse, Product, NeededOn, At) = (id, owner.Kind, owner.Id, warehouse, product, neededOn, at);
        Quantity = PriceNumbers.Quantity(quantity, "price.quantity");
    }

    public ReserveId Id { get; private set; }
    public ObjectKind OwnerKind { get; private set; }
    public Guid OwnerId { get; private set; }
    public WarehouseId Warehouse { get; private set; }
    public ProductId Product { get; private set; }
    public decimal Quantity { get; private set; }
    public DateOnly NeededOn { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>Uses up as much of it as there is; what is left of the wanted quantity.</summary>
    public decimal Use(decimal quantity)
    {
        var used = Math.Min(Quantity, quantity);
        Quantity -= used;
        return quantity - used;
    }

    /// <summary>How much of each is covered by what lies there: who needs it first has it first, and of those of one day who asked first.</summary>
    /// <param name="there">quantity in the warehouse</param>
    public static IReadOnlyDictionary<ReserveId, decimal> Covered(decimal there, IEnumerable<Reserve> reserves)
    {
        var covered = new Dictionary<ReserveId, decimal>();
        foreach (var reserve in reserves.OrderBy(r => r.NeededOn).ThenBy(r => r.At).ThenBy(r => r.Id.Value))
        {
            covered[reserve.Id] = Math.Clamp(there, 0, reserve.Quantity);
            there -= covered[reserve.Id];
        }
        return covered;
    }
}
