namespace Portal.Domain.Sales.Offers;

/// <summary>What two versions differ in. The values before and after stand with each.</summary>
public enum OfferChangeCode
{
    Added, Removed, Moved, Name, Code, Unit, Quantity, Price, LineDiscount, VatRate, BecameOption, BecameFixed, Note, Parts,
    Discount, Currency, Language, ValidUntil, Opening, Closing, Payments, Net, Gross,
}

/// <summary>One difference.</summary>
/// <param name="Line">name of the line; null where it is of the whole offer</param>
public sealed record OfferChange(OfferChangeCode Code, string? Line, object? Before = null, object? After = null);

/// <summary>Two versions beside one another, line by line: lines are the same by their id.</summary>
public static class OfferComparison
{
    /// <summary>What changed from one version to the other: lines in the order of the newer, then those that are gone, then the whole.</summary>
    public static IReadOnlyList<OfferChange> Of(OfferContent before, OfferContent after)
    {
        List<OfferChange> changes = [];
        var old = before.Lines.ToDictionary(l => l.Id);
        foreach (var line in after.Lines)
            if (old.TryGetValue(line.Id, out var was)) changes.AddRange(Lines(was, line));
            else changes.Add(new(OfferChangeCode.Added, line.Name, null, line.IsSold ? line.Sums(after.Discount, after.Currency).Net : null));
        var there = after.Lines.Select(l => l.Id).ToHashSet();
        changes.AddRange(before.Lines.Where(l => !there.Contains(l.Id)).Select(l => new OfferChange(OfferChangeCode.Removed, l.Name, l.IsSold ? l.Sums(before.Discount, before.Currency).Net : null)));
        changes.AddRange(Moves(before, after, there));
        changes.AddRange(Whole(before, after));
        return changes;
    }

    private static IEnumerable<OfferChange> Lines(OfferLine was, OfferLine line)
    {
        OfferChange Change(OfferChangeCode code, object? from, object? to) => new(code, line.Name, from, to);
        if (was.Name != line.Name) yield return Change(OfferChangeCode.Name, was.Name, line.Name);
        if (!line.IsSold) yield break;
        if (was.Code != line.Code) yield return Change(OfferChangeCode.Code, was.Code, line.Code);
        if (was.Unit != line.Unit) yield return Change(OfferChangeCode.Unit, was.Unit, line.Unit);
        if (was.Quantity != line.Quantity) yield return Change(OfferChangeCode.Quantity, was.Quantity, line.Quantity);
        if (was.Price != line.Price) yield return Change(OfferChangeCode.Price, was.Price, line.Price);
        if (was.Discount != line.Discount) yield return Change(OfferChangeCode.LineDiscount, was.Discount, line.Discount);
        if (was.VatRate != line.VatRate) yield return Change(OfferChangeCode.VatRate, was.VatRate, line.VatRate);
        if (was.IsOption != line.IsOption) yield return Change(line.IsOption ? OfferChangeCode.BecameOption : OfferChangeCode.BecameFixed, null, null);
        if (was.Note != line.Note) yield return Change(OfferChangeCode.Note, was.Note, line.Note);
        if (!was.Parts.Select(p => (p.Name, p.Quantity)).SequenceEqual(line.Parts.Select(p => (p.Name, p.Quantity)))) yield return Change(OfferChangeCode.Parts, was.Parts.Count, line.Parts.Count);
    }

    // of the lines in both, those stay that keep their order among each other longest
    private static IEnumerable<OfferChange> Moves(OfferContent before, OfferContent after, HashSet<Guid> there)
    {
        var places = before.Lines.Where(l => there.Contains(l.Id)).Select((l, i) => (l.Id, i)).ToDictionary(p => p.Id, p => p.i);
        var lines = after.Lines.Where(l => places.ContainsKey(l.Id)).ToList();
        var (longest, from) = (new int[lines.Count], new int[lines.Count]);
        for (var i = 0; i < lines.Count; i++)
        {
            (longest[i], from[i]) = (1, -1);
            for (var j = 0; j < i; j++)
                if (places[lines[j].Id] < places[lines[i].Id] && longest[j] + 1 > longest[i]) (longest[i], from[i]) = (longest[j] + 1, j);
        }
        var stay = new HashSet<Guid>();
        for (var at = Array.IndexOf(longest, longest.DefaultIfEmpty(0).Max()); at >= 0; at = from[at]) stay.Add(lines[at].Id);
        return lines.Where(l => !stay.Contains(l.Id)).Select(l => new OfferChange(OfferChangeCode.Moved, l.Name));
    }

    private static IEnumerable<OfferChange> Whole(OfferContent before, OfferContent after)
    {
        OfferChange Change(OfferChangeCode code, object? from, object? to) => new(code, null, from, to);
        if (before.Discount != after.Discount) yield return Change(OfferChangeCode.Discount, before.Discount, after.Discount);
        if (before.Currency != after.Currency) yield return Change(OfferChangeCode.Currency, before.Currency, after.Currency);
        if (before.Language != after.Language) yield return Change(OfferChangeCode.Language, before.Language, after.Language);
        if (before.ValidUntil != after.ValidUntil) yield return Change(OfferChangeCode.ValidUntil, before.ValidUntil, after.ValidUntil);
        if (before.Opening != after.Opening) yield return Change(OfferChangeCode.Opening, null, null);
        if (before.Closing != after.Closing) yield return Change(OfferChangeCode.Closing, null, null);
        if (!before.Payments.SequenceEqual(after.Payments)) yield return Change(OfferChangeCode.Payments, before.Payments, after.Payments);
        var (was, now) = (OfferTotals.Of(before), OfferTotals.Of(after));
        if (was.Net != now.Net) yield return Change(OfferChangeCode.Net, was.Net, now.Net);
        if (was.Gross != now.Gross) yield return Change(OfferChangeCode.Gross, was.Gross, now.Gross);
    }
}
