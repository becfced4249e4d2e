using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>All kinds of things that can be imported.</summary>
public sealed class ImportKinds(IEnumerable<IImportKind> kinds)
{
    private readonly Dictionary<string, IImportKind> byCode = kinds.ToDictionary(k => k.Code);

    /// <summary>The kind of that name.</summary>
    /// <exception cref="RuleBrokenException"><c>import.unknown-kind</c></exception>
    public IImportKind this[string code] => byCode.TryGetValue(code, out var kind) ? kind : throw new RuleBrokenException("import.unknown-kind", code);

    /// <summary>The kinds this actor may import, in order of registration.</summary>
    public IReadOnlyList<IImportKind> For(Actor actor) => byCode.Values.Where(k => actor.Can(k.Permission)).ToList();

    /// <summary>Refuses an actor who may import nothing, and names what would let him.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.none-allowed</c></exception>
    public void RequireAny(Actor actor) => actor.RequireAny([.. byCode.Values.Select(k => k.Permission).Distinct()]);

    /// <summary>The kind that headings name all of, where they lack something that <paramref name="chosen"/> needs; null when nothing speaks for another.</summary>
    public IImportKind? Likelier(string chosen, IReadOnlyList<string> header, Actor actor)
    {
        if (Fit(this[chosen]) is not (false, var named)) return null;
        return For(actor).Select(kind => (Kind: kind, Fit: Fit(kind))).Where(k => k.Fit.Whole && k.Fit.Named > named).OrderByDescending(k => k.Fit.Named).FirstOrDefault().Kind;

        (bool Whole, int Named) Fit(IImportKind kind)
        {
            var map = ColumnMap.Guess(kind.Columns, header);
            return (kind.Columns.All(c => !c.Required || map.ContainsKey(c.Code)), map.Count);
        }
    }
}
