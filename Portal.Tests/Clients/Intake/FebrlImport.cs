using System.Diagnostics;
using System.Text.RegularExpressions;
using Portal.Domain.Clients.Matching;
using Portal.Infrastructure.Imports;
using Portal.Tests.Clients.Matching;
using Portal.Tests.Imports;

namespace Portal.Tests.Clients.Intake;

/// <summary>What the import found in a file of which the truth is known.</summary>
/// <param name="Took">from the upload until the file was checked</param>
/// <param name="Unknown">columns that nothing was made of</param>
/// <param name="Absent">columns that were to be left out and are not there</param>
public sealed record FebrlCheck(MatchQuality Quality, ImportRun Run, TimeSpan Took, string[] Unknown, string[] Absent);

/// <summary>
/// A file of the form of the Febrl generator checked by the import, as a user would bring it: people in columns named by its header, and in <c>rec_id</c>
/// (<c>rec-7-org</c>, <c>rec-7-dup-0</c>), the key of the rows, who is truly the same.
/// </summary>
public static partial class FebrlImport
{
    private const string Identity = "rec_id";

    /// <summary>Brings the file and has it checked; holds the pairs that the check found likely, before transitive closure, against the truth.</summary>
    /// <param name="ignored">columns to leave out</param>
    /// <exception cref="InvalidDataException">The file lacks <c>rec_id</c>, or one is not of the generator's form.</exception>
    public static async Task<FebrlCheck> CheckAsync(ImportRig rig, string path, IReadOnlyCollection<string> ignored)
    {
        var header = (await File.ReadAllLinesAsync(path))[0].Split(',').Select(name => name.Trim().ToLowerInvariant()).ToArray();
        if (!header.Contains(Identity)) throw new InvalidDataException($"{path} has no column {Identity}");
        string[] unknown = [];
        var content = await File.ReadAllBytesAsync(path);
        var began = Stopwatch.GetTimestamp();
        var run = await rig.CheckAsync("clients", Path.GetFileName(path), content, settings =>
        {
            unknown = [.. header.Where((_, at) => !settings.Map.Values.Contains(at))];
            return settings with { Map = settings.Map.Where(column => !ignored.Contains(header[column.Value], StringComparer.OrdinalIgnoreCase)).ToDictionary() };
        });
        var took = Stopwatch.GetElapsedTime(began);
        if (run.Failure is not null) throw new InvalidDataException($"{path}: {run.Failure}");
        return new(await QualityAsync(rig, run.Id, path), run, took, unknown, [.. ignored.Where(name => !header.Contains(name.ToLowerInvariant()))]);
    }

    private static async Task<MatchQuality> QualityAsync(ImportRig rig, Guid run, string path)
    {
        var entities = new Dictionary<string, string>();
        foreach (var (document, _) in await PairsAsync(rig, "select distinct document, null from imports.staged_row where run = $1 and document is not null", run))
            entities[document] = RecordPattern().Match(document) is { Success: true } record ? record.Groups[1].Value : throw new InvalidDataException($"{path}: {document} is no {Identity}");
        var found = await PairsAsync(rig, $"select document, other from imports.alike where run = $1 and other is not null and score >= {PartyMatcher.DefaultThreshold.ToString(System.Globalization.CultureInfo.InvariantCulture)}", run);
        return new(found.Count, found.Count(pair => entities[pair.A] == entities[pair.B!]), entities.Values.GroupBy(entity => entity).Sum(twins => (long)twins.Count() * (twins.Count() - 1) / 2));
    }

    private static async Task<List<(string A, string? B)>> PairsAsync(ImportRig rig, string sql, Guid run)
    {
        await using var command = rig.Data.CreateCommand(sql);
        command.Parameters.Add(new() { Value = run });
        await using var rows = await command.ExecuteReaderAsync();
        var pairs = new List<(string, string?)>();
        while (await rows.ReadAsync()) pairs.Add((rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetString(1)));
        return pairs;
    }

    [GeneratedRegex(@"^rec-(\d+)-(?:org|dup-\d+)$")]
    private static partial Regex RecordPattern();
}
