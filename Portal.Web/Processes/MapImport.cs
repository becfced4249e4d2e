using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>A BPMN file taken in: the key of its map, and the other processes of the file, which do not run.</summary>
public sealed record TakenMap(string Key, IReadOnlyList<string> Beside);

/// <summary>Takes BPMN files of any modeler in as drafts. The file stays as it is, but for the mark which of several processes runs.</summary>
public sealed class MapImport(MapLibrary library)
{
    /// <summary>Makes the draft of the map that the file names.</summary>
    /// <param name="replaced">revision of the draft it takes the place of, 0 for the first draft of a published map; null for a map that is not there yet</param>
    /// <param name="newKey">takes it as a new map under this key; null leaves the file's own</param>
    /// <exception cref="RuleBrokenException">
    /// <c>map.there</c> with the key when there is such a map already, <c>map.key-taken</c>, <c>map.changed-by</c> when that draft is no longer the one to replace,
    /// or what is wrong with the file (<c>map.too-large</c>, <c>map.not-xml</c>, …)
    /// </exception>
    public async Task<TakenMap> TakeAsync(Stream file, int? replaced, string? newKey, Actor actor, CancellationToken ct)
    {
        using var content = new MemoryStream();
        await CopyAsync(file, content, ct);
        content.Position = 0;
        var document = MapDocument.Read(content);
        var beside = ChooseProcess(document);
        var key = document.ToMap().Process.Key;
        if (newKey is not null) document.Rename(key, newKey);
        else if (replaced is null && await library.HasAsync(key, actor, ct)) throw new RuleBrokenException("map.there", key);
        var draft = replaced is { } revision && newKey is null
            ? await library.SaveDraftAsync(document.ToString(), revision == 0 ? null : revision, actor, ct)
            : await library.CreateAsync(document.ToString(), actor, ct);
        return new(draft.Key, beside);
    }

    /// <summary>Refuses what is too large while it comes, not afterwards.</summary>
    private static async Task CopyAsync(Stream file, MemoryStream content, CancellationToken ct)
    {
        var piece = new byte[81_920];
        for (int read; (read = await file.ReadAsync(piece, ct)) > 0;)
        {
            content.Write(piece, 0, read);
            if (content.Length > MapDocument.MaxBytes) throw new RuleBrokenException("map.too-large", MapDocument.MaxBytes / 1024 / 1024);
        }
    }

    /// <summary>Where a file does not say which of its processes runs, the largest one does. The names of the others.</summary>
    private static List<string> ChooseProcess(MapDocument document)
    {
        var processes = document.ToMap().Processes.Where(p => p.Nodes.Count > 0).ToList();
        var marked = processes.Where(p => p.IsExecutable).ToList();
        if (processes.Count < 2 || marked.Count == 1) return [];
        var chosen = (marked.Count > 0 ? marked : processes).MaxBy(p => p.Nodes.Count)!;
        foreach (var process in processes.Where(p => p.Key != "")) document.Element(process.Key).SetAttributeValue("isExecutable", process == chosen);
        return [.. processes.Where(p => p != chosen).Select(p => p.Name.Default)];
    }
}
