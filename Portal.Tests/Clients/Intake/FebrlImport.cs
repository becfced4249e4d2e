using System.Text.RegularExpressions;
using Portal.Domain.Clients.Matching;
using Portal.Infrastructure.Imports;
using Portal.Tests.Clients.Matching;
using Portal.Tests.Imports;

namespace Portal.Tests.Clients.Intake;

/// <summary>
/// A file of the form of the Febrl generator checked by the import, as a user would bring it: people in columns named by its header, and in <c>rec_id</c>
/// (<c>rec-7-org</c>, <c>rec-7-dup-0</c>), the key of the rows, who is truly the same.
/// </summary>
public static partial class FebrlImport
{
    private const string Identity = "rec_id";

    /// <summary>Brings the file and has it checked; holds the pairs that the check found likely, before transitive closure, against the truth.</summary>
    /// <param name="ignored">columns to leave out</param>
    /// <returns>the quality, the rows, and columns that nothing was made of or that were to be left out and are not there</returns>
    /// <exception cref="InvalidDataException">The file lacks <c>rec_id</c>, or one is not of the generator's form.</exception>
    public static async Task<(MatchQuality Quality, ImportRun Run, string[] Unknown, string[] Absent)> CheckAsync(ImportRig rig, string path, IReadOnlyCollection<string> ignored)
    {
        string[] unknown = [], absent = [];
        var run = await rig.CheckAsync("clients", Path.GetFileName(path), await File.ReadAllBytesAsync(path), settings => Narrowed(settings));
        if (run.Failure is not null) throw new InvalidDataException($"{path}: {run.Failure}");
        var entities = new Dictionary<string, string>();
        await using (var command = rig.Data.CreateCommand($"select distinct document from imports.staged_row where run = '{run.Id}' and document is not null"))
        await using (var rows = await command.ExecuteReaderAsync())
            while (await rows.ReadAsync())
                entities[rows.GetString(0)] = RecordPattern().Match(rows.GetString(0)) is { Success: true } record ? record.Groups[1].Value : throw new InvalidDataException($"{path}: {rows.GetString(0)} is no {Identity}");
        int found = 0, right = 0;
        await using (var command = rig.Data.CreateCommand($"""
            select a.document, coalesce(a.other, (select min(d.document) from imports.client_document d where d.partner = a.partner)) from imports.alike a where a.run = '{run.Id}' and a.score >= $1
            """))
        {
            command.Parameters.Add(new() { Value = PartyMatcher.DefaultThreshold });
            await using var rows = await command.ExecuteReaderAsync();
            for (; await rows.ReadAsync(); found++)
                if (entities[rows.GetString(0)] == RecordPattern().Match(rows.GetString(1)).Groups[1].Value) right++;
        }
        return (new(found, right, entities.Values.GroupBy(entity => entity).Sum(twins => (long)twins.Count() * (twins.Count() - 1) / 2), 0), run, unknown, absent);

        ImportSettings Narrowed(ImportSettings settings)
        {
            var header = File.ReadLines(path).First().Split(',').Select(name => name.Trim().ToLowerInvariant()).ToArray();
            if (!header.Contains(Identity)) throw new InvalidDataException($"{path} has no column {Identity}");
            absent = [.. ignored.Where(name => !header.Contains(name.ToLowerInvariant()))];
            unknown = [.. header.Where((_, at) => !settings.Map.Values.Contains(at))];
            return settings with { Map = settings.Map.Where(column => !ignored.Contains(header[column.Value], StringComparer.OrdinalIgnoreCase)).ToDictionary() };
        }
    }

    [GeneratedRegex(@"^rec-(\d+)-(?:org|dup-\d+)$")]
    private static partial Regex RecordPattern();
}
