using Portal.Domain.Sales.Orders;
using Portal.Domain.Stock;
using Portal.Infrastructure.Printing;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Documents;

/// <summary>What carries a shipment.</summary>
internal sealed record Carrier(long Trip, string? Vehicle, string? Driver, string? From);

/// <summary>What goes along with goods: delivery note, waybill and the documents of stock, in the words of a language. None of them tells a price.</summary>
internal static class GoodsForms
{
    /// <summary>What the client gets; of a draft, what is to be picked.</summary>
    public static PrintedForm DeliveryNote(ShipmentSheet shipment, string client, PaperTongue t) => Whole(shipment, client, t) with
    {
        Name = shipment.Number is { } number ? t.Words("paper.delivery-note", number, t.Day(shipment.Head.Day)) : t.Words("paper.pick-list", t.Day(shipment.Head.Day)),
        Signers = [t.Words("paper.gave"), t.Words("paper.took")],
    };

    /// <summary>What the driver carries, from where, where to and in what.</summary>
    public static PrintedForm Waybill(ShipmentSheet shipment, string client, Carrier? carrier, Letterhead from, PaperTongue t)
    {
        var whole = Whole(shipment, client, t);
        return whole with
        {
            Name = t.Words("paper.waybill", shipment.Number, t.Day(shipment.Head.Day)),
            Subject = carrier is null ? null : t.Words("paper.trip", carrier.Trip),
            Parties = [t.Words("paper.sender", from.Name), carrier?.From ?? from.Address, .. whole.Parties],
            Terms = [t.Words("paper.vehicle", carrier?.Vehicle ?? new string('_', 16)), t.Words("paper.driver", carrier?.Driver ?? new string('_', 16)), .. whole.Terms],
            Signers = [t.Words("paper.gave"), t.Words("paper.carried"), t.Words("paper.took")],
        };
    }

    /// <summary>A document of stock, such as a return.</summary>
    public static PrintedForm OfStock(StockSheet document, PaperTongue t)
    {
        var kind = t.Words($"stockDocumentKind.{document.Kind}");
        return new(document.Number is { } number ? t.Words("paper.numbered", kind, number, t.Day(document.Head.Day)) : t.Words("paper.draft", kind, t.Day(document.Head.Day)))
        {
            Subject = document.State == StockDocumentState.Cancelled ? t.Words("stockDocumentState.Cancelled") : null,
            Parties = [document.Partner, $"{t.Words("stock.warehouse")}: {document.Warehouse}", document.Target is { } target ? $"{t.Words("stock.target")}: {target}" : null],
            Terms = [.. document.Links.Where(l => !l.IsLater).Select(l => $"{t.Words($"stockDocumentKind.{l.Kind}")} {l.Number}")],
            Columns = Columns(t),
            Rows = [.. document.Lines.Select((line, i) => Row(i, line.Product.Name, line.Product.Code, line.Line.Quantity, line.Line.Unit, t))],
            Remarks = [document.Head.Note],
            Signers = [t.Words("paper.gave"), t.Words("paper.took")],
        };
    }

    private static PrintedForm Whole(ShipmentSheet shipment, string client, PaperTongue t) => new("")
    {
        Subject = shipment.State == ShipmentState.Cancelled ? t.Words("shipmentState.Cancelled") : null,
        Parties =
        [
            t.Words("offer.paper.to", client),
            shipment.Place is { } place ? string.Join(", ", new[] { place.Name, place.Address, place.Door is { } door ? t.Words("shipments.door", door) : null }.Where(p => !string.IsNullOrEmpty(p))) : null,
            shipment.Place?.AccessNote, shipment.Place is { Contact: { } person } at ? $"{person} {at.Phone}".TrimEnd() : null,
            string.Join(", ", shipment.Orders.Select(o => $"{t.Words("kind.Order")} {o.Name}")),
        ],
        Terms =
        [
            $"{t.Words("stock.warehouse")}: {shipment.Warehouse}", shipment.Head.Packages is { } packages ? $"{t.Words("shipments.packages")}: {packages}" : null,
            shipment.Head.WeightKg is { } weight ? $"{t.Words("shipments.weight")}: {t.Number(weight)}" : null, shipment.Head.VolumeM3 is { } volume ? $"{t.Words("shipments.volume")}: {t.Number(volume)}" : null,
        ],
        Columns = Columns(t),
        Rows = [.. shipment.Lines.Select((line, i) => Row(i, line.Line.Name, line.Code, line.Line.Quantity, line.Line.Unit, t))],
        Remarks = [shipment.Head.Note],
    };

    private static IReadOnlyList<PaperColumn> Columns(PaperTongue t) =>
        [new(t.Words("offer.paper.place"), 0.07), new(t.Words("paper.goods"), 0.5), new(t.Words("paper.code"), 0.2), new(t.Words("offer.paper.quantity"), 0.15, PaperAlign.Right), new(t.Words("paper.unit"), 0.08)];

    private static IReadOnlyList<string> Row(int place, string name, string code, decimal quantity, string unit, PaperTongue t) => [(place + 1).ToString(t.Culture), name, code, t.Number(quantity), unit];
}
