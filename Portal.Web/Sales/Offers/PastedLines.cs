using Portal.Domain.Sales.Offers;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Offers;

/// <summary>A row of a spreadsheet that somebody pastes into an offer.</summary>
/// <param name="First">code or name</param>
/// <param name="Rest">what stands beside it: a name, a unit, and numbers in their order</param>
internal sealed record PastedLine(string First, string? Name, string? Unit, decimal Quantity, decimal? Price, decimal? Discount)
{
    /// <summary>
    /// Reads the rows of a clipboard: cells parted by tabs, code or name first. Of the cells that follow, the texts are name and unit, the numbers quantity, price and discount. Rows without a first cell are passed over.
    /// </summary>
    public static IReadOnlyList<PastedLine> Read(string text)
    {
        List<PastedLine> lines = [];
        foreach (var row in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var cells = row.Split('\t').Select(c => c.Trim().Trim('"').Trim()).ToList();
            if (cells[0].Length == 0) continue;
            var numbers = cells.Skip(1).Select(TypedNumber.Read).Where(n => n is not null).ToList();
            var texts = cells.Skip(1).Where(c => c.Length > 0 && TypedNumber.Read(c) is null).ToList();
            var (name, unit) = texts switch { [var one] when one.Length <= 5 => ((string?)null, (string?)one), [var one, ..] => (one, texts.ElementAtOrDefault(1)), _ => (null, null) };
            lines.Add(new(cells[0], name, unit, numbers.ElementAtOrDefault(0) ?? 1, numbers.ElementAtOrDefault(1), numbers.ElementAtOrDefault(2)));
        }
        return lines;
    }

    /// <summary>The line where nothing of the catalogue is meant.</summary>
    public OfferLine Free() => new(Guid.CreateVersion7(), OfferLineKind.Free, Name ?? First)
    {
        Code = Name is null ? null : First, Unit = Unit ?? "", Quantity = Quantity, Asked = Price, Discount = Discount ?? 0,
    };
}
