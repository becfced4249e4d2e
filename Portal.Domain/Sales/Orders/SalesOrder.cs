using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Domain.Stock;

namespace Portal.Domain.Sales.Orders;

/// <summary>
/// A client's order. A draft is written; placing it gives it its number and makes it ours to fulfil; from then on it is changed in one piece, down to what was shipped, or cancelled while nothing was.
/// What is sold, for how much and when it is paid is said as in an offer.
/// </summary>
public sealed class SalesOrder : ISearchable
{
    private readonly List<OrderItem> items = [];

    private SalesOrder() { }

    /// <summary>Begins a draft.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="Write"/></exception>
    public SalesOrder(SalesOrderId id, CompanyId company, OrderOrigin origin, OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, IReadOnlyDictionary<ProductId, OrderedGoods> goods, Actor author, DateTimeOffset now)
    {
        (Id, Company, CreatedAt, ByUser, ByName) = (id, company, now, author.UserId, author.Name);
        (Offer, Deal, Manager, Branch) = (origin.Offer, origin.Deal, origin.Manager, origin.Branch);
        Write(head, content, deliveries, goods);
    }

    public SalesOrderId Id { get; private set; }
    public CompanyId Company { get; private set; }
    /// <summary>Year of its number; null until it is placed.</summary>
    public int? Year { get; private set; }
    /// <summary>Place of its number in the year; null until it is placed.</summary>
    public int? Sequence { get; private set; }
    public OrderState State { get; private set; }
    /// <summary>The accepted offer it comes from.</summary>
    public OfferId? Offer { get; private set; }
    public DealId? Deal { get; private set; }
    /// <summary>Our user who answers for it.</summary>
    public Guid? Manager { get; private set; }
    public BranchId? Branch { get; private set; }
    public PartnerId? Partner { get; private set; }
    public CounterpartyId? Counterparty { get; private set; }
    public AgreementId? Agreement { get; private set; }
    public PersonId? Contact { get; private set; }
    public PlaceId? Place { get; private set; }
    public WarehouseId? Warehouse { get; private set; }
    public DateOnly? WantedOn { get; private set; }
    /// <summary>What the client calls it.</summary>
    public string? Reference { get; private set; }
    public string? Note { get; private set; }
    /// <summary>What is sold and on which terms.</summary>
    public OfferContent Content { get; private set; } = default!;
    public string Currency { get; private set; } = "";
    public decimal Net { get; private set; }
    public decimal Vat { get; private set; }
    public decimal Gross { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>Day on which it was placed, in the company's zone.</summary>
    public DateOnly? PlacedOn { get; private set; }
    public DateTimeOffset? PlacedAt { get; private set; }
    public string? PlacedBy { get; private set; }
    public DateTimeOffset? CancelledAt { get; private set; }
    public string? CancelledBy { get; private set; }
    /// <summary>Why it was cancelled.</summary>
    public string? Reason { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }
    /// <summary>What of it is to be shipped.</summary>
    public IReadOnlyList<OrderItem> Items => items;

    /// <summary>Its number; null until it is placed.</summary>
    public DocumentNumber? Number => DocumentNumber.Of(Year, Sequence);

    /// <summary>True while something of it may still be shipped.</summary>
    public bool IsOpen => State is OrderState.Placed or OrderState.PartShipped;

    /// <summary>For whom, where and when.</summary>
    public OrderHead Head => new(Partner, Counterparty, Agreement, Contact, Place, Warehouse, WantedOn, Reference, Note);

    /// <summary>Writes the draft anew.</summary>
    /// <param name="deliveries">of lines that go elsewhere, or on another day</param>
    /// <param name="goods">the products of its lines; one that is not among them is gone</param>
    /// <exception cref="RuleBrokenException"><c>orders.not-draft</c>, <c>stock.unit-unknown</c>, <c>text.too-long</c>, and what the content refuses</exception>
    public void Write(OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, IReadOnlyDictionary<ProductId, OrderedGoods> goods)
    {
        if (State != OrderState.Draft) throw new RuleBrokenException("orders.not-draft");
        Say(head, content, deliveries, goods);
    }

    /// <summary>Makes it ours to fulfil.</summary>
    /// <param name="today">in the company's zone</param>
    /// <param name="takeNumber">called when nothing can refuse any more</param>
    /// <exception cref="RuleBrokenException"><c>orders.not-draft</c>, <c>orders.no-client</c>, <c>orders.no-lines</c>, <c>offers.no-price</c>, <c>offers.payments-over</c></exception>
    public async Task PlaceAsync(DateOnly today, Actor by, DateTimeOffset now, Func<Task<DocumentNumber>> takeNumber)
    {
        if (State != OrderState.Draft) throw new RuleBrokenException("orders.not-draft");
        RequireWhole(Content, Partner);
        var number = await takeNumber();
        (State, Year, Sequence, PlacedOn, PlacedAt, PlacedBy) = (OrderState.Placed, number.Year, number.Sequence, today, now, by.Name);
    }

    /// <summary>Changes what was placed: down to what was shipped, for the same client and in the same money.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.not-open</c>, <c>orders.client-stands</c>, <c>orders.currency-stands</c>, <c>orders.shipped-line</c>, <c>orders.below-shipped</c>, and as <see cref="PlaceAsync"/></exception>
    public void Change(OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, IReadOnlyDictionary<ProductId, OrderedGoods> goods)
    {
        if (!IsOpen) throw new RuleBrokenException("orders.not-open");
        if (head.Partner != Partner) throw new RuleBrokenException("orders.client-stands");
        if (PriceNumbers.Currency(content.Currency) != Currency) throw new RuleBrokenException("orders.currency-stands", Currency);
        RequireWhole(content, head.Partner);
        foreach (var item in items.Where(i => i.Shipped > 0))
        {
            if (content.Lines.FirstOrDefault(l => l.Id == item.Line) is not { } line || line.Product != item.Product || line.Unit != item.Unit) throw new RuleBrokenException("orders.shipped-line", item.Name);
            if (line.Quantity < item.Shipped) throw new RuleBrokenException("orders.below-shipped", item.Name, item.Shipped, line.Quantity);
        }
        Say(head, content, deliveries, goods);
        Stand();
    }

    /// <summary>Something of it goes out.</summary>
    /// <param name="line">id of its line</param>
    /// <param name="quantity">in the line's unit</param>
    /// <exception cref="RuleBrokenException"><c>orders.not-open</c>, <c>orders.line-unknown</c>, <c>orders.more-than-open</c>, <c>number.out-of-range</c></exception>
    public void Ship(Guid line, decimal quantity)
    {
        if (!IsOpen) throw new RuleBrokenException("orders.not-open");
        Of(line).Ship(PriceNumbers.Quantity(quantity, "price.quantity"));
        Stand();
    }

    /// <summary>Something of it did not go out after all.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.line-unknown</c></exception>
    public void TakeBack(Guid line, decimal quantity)
    {
        Of(line).TakeBack(quantity);
        Stand();
    }

    /// <summary>We do not fulfil it.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.not-open</c>, <c>orders.shipped-already</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Cancel(string? reason, Actor by, DateTimeOffset now)
    {
        if (State == OrderState.PartShipped) throw new RuleBrokenException("orders.shipped-already");
        if (State != OrderState.Placed) throw new RuleBrokenException("orders.not-open");
        Reason = Required.Text(reason, "order.reason", 1000);
        (State, CancelledAt, CancelledBy) = (OrderState.Cancelled, now, by.Name);
    }

    /// <summary>Where and when an item goes: as it says itself, else as the order says.</summary>
    public OrderDelivery DeliveryOf(OrderItem item) => new(item.Line, item.Destination ?? Place, item.Warehouse ?? Warehouse, item.WantedOn ?? WantedOn);

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Order, Id.Value), Number?.ToString() ?? Reference ?? "", $"{Reference} {Note}".Trim(), Partner?.Value);

    private OrderItem Of(Guid line) => items.Find(i => i.Line == line) ?? throw new RuleBrokenException("orders.line-unknown");

    private static void RequireWhole(OfferContent content, PartnerId? partner)
    {
        if (partner is null) throw new RuleBrokenException("orders.no-client");
        if (!content.Lines.Any(l => l.IsSold)) throw new RuleBrokenException("orders.no-lines");
        if (content.Lines.FirstOrDefault(l => l is { IsSold: true, Price: null }) is { } unpriced) throw new RuleBrokenException("offers.no-price", unpriced.Name);
        PaymentSchedule.Split(OfferTotals.Of(content).Gross, content.Payments, content.Currency);
    }

    private void Say(OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, IReadOnlyDictionary<ProductId, OrderedGoods> goods)
    {
        var checkedContent = content.Checked();
        // what a client chooses, he has chosen in his offer
        Content = checkedContent with { Lines = [.. checkedContent.Lines.Select(l => l with { IsOption = false })], Parties = null };
        var totals = OfferTotals.Of(Content);
        (Currency, Net, Vat, Gross) = (Content.Currency, totals.Net, totals.Vat, totals.Gross);
        (Partner, Counterparty, Agreement, Contact) = (head.Partner, head.Counterparty, head.Agreement, head.Contact);
        (Place, Warehouse, WantedOn) = (head.Place, head.Warehouse, head.WantedOn);
        (Reference, Note) = (Required.Optional(head.Reference, "order.reference", 100), Required.Optional(head.Note, "order.note", 1000));
        var to = deliveries.ToLookup(d => d.Line);
        var shipped = Content.Lines.Where(l => Ships(l, goods)).ToList();
        items.RemoveAll(item => shipped.TrueForAll(l => l.Id != item.Line));
        foreach (var (place, line) in shipped.Index())
        {
            if (items.Find(i => i.Line == line.Id) is not { } item) items.Add(item = new(Id, line.Id));
            item.Say(place, line, line.Product is { } product && goods.TryGetValue(product, out var known) ? known.Factor(line.Unit) : 1, to[line.Id].FirstOrDefault());
        }
    }

    // services and the delivery itself are not shipped; what is said freely, or put together, is made for the client and shipped
    private static bool Ships(OfferLine line, IReadOnlyDictionary<ProductId, OrderedGoods> goods) => line.Kind switch
    {
        OfferLineKind.Free or OfferLineKind.Composition => true,
        OfferLineKind.Product => line.Product is not { } product || !goods.TryGetValue(product, out var known) || known.Kind != ProductKind.Service,
        _ => false,
    };

    private void Stand() => State = items.Count > 0 && items.TrueForAll(i => i.Open == 0) ? OrderState.Shipped : items.Exists(i => i.Shipped > 0) ? OrderState.PartShipped : OrderState.Placed;
}
