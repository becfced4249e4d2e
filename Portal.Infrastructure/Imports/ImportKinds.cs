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
}
