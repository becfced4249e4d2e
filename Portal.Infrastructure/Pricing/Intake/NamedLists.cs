using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Pricing.Intake;

/// <summary>The price lists that a file names and nobody has: each is of the currency of the first row that names it.</summary>
/// <param name="currency">of rows that name none</param>
/// <param name="mayOpen">whether they are opened, or their rows refused</param>
internal sealed class NamedLists(string currency, bool mayOpen)
{
    private readonly Dictionary<string, string> currencies = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes that a row's list will be opened; refuses the row where it may not be, or is of another currency already.</summary>
    public void Name(ImportRow row, string list, string? named)
    {
        if (!mayOpen) row.Refuse("list-unknown", list);
        else if (!currencies.TryAdd(list, named ?? currency) && named is not null && currencies[list] != named) row.Refuse("list-currency", currencies[list]);
        else row.Note("list-new");
    }
}
